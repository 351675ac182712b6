"""Small defects put into SQL, one at a time, each told in words.

A defect is what somebody might really write: a comparison that is off by the edge, a condition forgotten,
the wrong side of a join, a number off by one, a `distinct` or a `coalesce` left out, another aggregate, the
other order, a column missing from a partition. What the tests of a model do not notice is a hole in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"
SEED = 7
EDGES = {exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT, exp.EQ: exp.NEQ, exp.NEQ: exp.EQ}
OTHERS = {
    exp.Min: exp.Max, exp.Max: exp.Min, exp.ArgMax: exp.ArgMin, exp.ArgMin: exp.ArgMax, exp.Sum: exp.Max,
    exp.LogicalOr: exp.LogicalAnd, exp.LogicalAnd: exp.LogicalOr,
}  # fmt: skip
ARITHMETIC = {exp.Add: exp.Sub, exp.Sub: exp.Add, exp.Mul: exp.Div, exp.Div: exp.Mul}
SHOWN = 90


@dataclass(frozen=True)
class Mutant:
    """One defect: what was done, where, and the SQL that has it."""

    what: str
    where: str
    sql: str

    @property
    def name(self) -> str:
        return f"{self.what}: {self.where}"


def mutants(sql: str, at_most: int | None = None) -> Iterator[Mutant]:
    """Every defect that we know how to make of a statement, each once; or `at_most` so many places of them,
    drawn by chance, the same ones each time."""
    seen: set[str] = {as_written(sql)}
    tree = sqlglot.parse_one(sql, dialect=DIALECT)
    places = [(node, what, change) for node in tree.walk() for what, change in _changes(node, tree)]
    if at_most is not None and len(places) > at_most:
        places = [places[place] for place in sorted(Random(SEED).sample(range(len(places)), at_most))]
    for node, what, change in places:
        shown = _shown(node)
        if (text := _with(change, node, tree)) is not None and text not in seen:
            seen.add(text)
            yield Mutant(what, shown, text)


def _with(change: Change, node: exp.Expression, tree: exp.Expression) -> str | None:
    """The statement with one node changed; the tree is as it was afterwards. None when nothing changes."""
    parent, twin = node.parent, node.copy()
    node.replace(twin)
    changed = change(twin)
    if changed is not None and changed is not twin:
        twin.replace(changed)
    text = tree.sql(dialect=DIALECT) if changed is not None else None
    if parent is not None and isinstance(node, exp.Distinct) and isinstance(parent, exp.Select):
        parent.set("distinct", node)  # a change of the parent's, the only one
    else:
        (twin if changed is None or changed is twin else changed).replace(node)
    return text


def as_written(sql: str) -> str:
    """A statement as the parser writes it: the yardstick for its mutants."""
    return sqlglot.parse_one(sql, dialect=DIALECT).sql(dialect=DIALECT)


Change = Callable[[exp.Expression], exp.Expression | None]


def _changes(node: exp.Expression, tree: exp.Expression) -> Iterator[tuple[str, Change]]:
    kind = type(node)
    if kind in EDGES:
        yield f"{node.key} became {EDGES[kind].key}", _as(EDGES[kind])
    if kind in OTHERS:
        yield f"{node.key} became {OTHERS[kind].key}", _as_aggregate(OTHERS[kind])
    if kind in ARITHMETIC:
        yield f"{node.key} became {ARITHMETIC[kind].key}", _as(ARITHMETIC[kind])
    if kind in (exp.And, exp.Or):
        yield f"the right side of an {node.key} forgotten", lambda one: one.this.copy()
        yield f"the left side of an {node.key} forgotten", lambda one: one.expression.copy()
    if kind is exp.Not:
        yield "a not forgotten", lambda one: one.this.copy()
    if kind in (exp.Where, exp.Having, exp.Qualify) and not isinstance(node.this, exp.And):
        yield f"a {node.key} forgotten", lambda one: _set(one, this=exp.true())
    if kind is exp.Filter:
        yield "an aggregate's filter forgotten", lambda one: one.this.copy()
    if kind is exp.Join:
        yield from _join_changes(node)
    if kind is exp.Literal and node.is_int and not isinstance(node.parent, exp.DataType | exp.DataTypeParam):
        number = int(node.this)
        for other in (number + 1, number - 1):
            yield f"{number} became {other}", lambda one, other=other: exp.Literal.number(other)
    if kind is exp.Distinct:
        yield "a distinct forgotten", _without_distinct
    if kind is exp.Coalesce:
        yield "a coalesce forgotten", lambda one: one.this.copy()
    if kind is exp.Ordered and node.find_ancestor(exp.Window, exp.AggFunc, exp.WithinGroup):
        yield "an order turned round", lambda one: _set(one, desc=not one.args.get("desc"))
    if kind is exp.Window:
        for at in range(len(node.args.get("partition_by") or ())):
            yield "a column left out of a partition", lambda one, at=at: _without_partition(one, at)
    if kind is exp.Is:
        yield "an is-null turned round", lambda one: exp.Not(this=one.copy())
    if kind is exp.Count and node.this and not isinstance(node.this, exp.Star | exp.Distinct):
        yield "nulls counted too", lambda one: exp.Count(this=exp.Star())
    if kind is exp.If and isinstance(node.parent, exp.Case):
        yield "a case's condition always true", lambda one: _set(one, this=exp.true())
        yield "a case's condition never true", lambda one: _set(one, this=exp.false())


def _join_changes(node: exp.Join) -> Iterator[tuple[str, Change]]:
    side, kind = node.side, node.kind
    if side == "LEFT":
        yield "a left join became inner", lambda one: _set(one, side=None)
    elif not side and kind in ("", "INNER") and (node.args.get("on") or node.args.get("using")):
        yield "an inner join became left", lambda one: _set(one, side="LEFT", kind=None)
    if kind in ("ANTI", "SEMI"):
        other = "SEMI" if kind == "ANTI" else "ANTI"
        yield f"{kind.lower()} became {other.lower()}", lambda one: _set(one, kind=other)


def _as(kind: type[exp.Expression]) -> Change:
    return lambda one: kind(this=one.this.copy(), expression=one.expression.copy())


def _as_aggregate(kind: type[exp.Expression]) -> Change:
    def change(one: exp.Expression) -> exp.Expression:
        arguments = {
            name: value for name, value in one.args.items() if name in ("this", "expression", "count")
        }
        return kind(**{n: v.copy() if isinstance(v, exp.Expression) else v for n, v in arguments.items()})

    return change


def _set(one: exp.Expression, **arguments: object) -> exp.Expression:
    for name, value in arguments.items():
        one.set(name, value)
    return one


def _without_distinct(one: exp.Expression) -> exp.Expression | None:
    if isinstance(one.parent, exp.Select):
        one.parent.set("distinct", None)
        return one
    return one.expressions[0].copy() if len(one.expressions) == 1 else None


def _without_partition(one: exp.Expression, at: int) -> exp.Expression:
    kept = [column for place, column in enumerate(one.args["partition_by"]) if place != at]
    one.set("partition_by", kept)
    return one


def _shown(node: exp.Expression) -> str:
    around = node if not isinstance(node, exp.Literal | exp.Distinct) or node.parent is None else node.parent
    text = " ".join(around.sql(dialect=DIALECT).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
