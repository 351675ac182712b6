"""Small defects put into SQL, one at a time, each told in words.

A defect is what somebody might really write: a comparison that is off by the edge, a condition forgotten,
the wrong side of a join, a number off by one, a `distinct` or a `coalesce` left out, another aggregate, the
other order, a column missing from a partition. What the tests of a model do not notice is a hole in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from random import Random
from typing import Any

import sqlglot
from expansions import DIALECT, Expansion, expansions, shortened
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

SEED = 7
EDGES = {exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT, exp.EQ: exp.NEQ, exp.NEQ: exp.EQ}
OTHERS = {
    exp.Min: exp.Max, exp.Max: exp.Min, exp.ArgMax: exp.ArgMin, exp.ArgMin: exp.ArgMax, exp.Sum: exp.Max,
    exp.LogicalOr: exp.LogicalAnd, exp.LogicalAnd: exp.LogicalOr,
}  # fmt: skip
SIDES = {exp.GT: gt, exp.GTE: ge, exp.LT: lt, exp.LTE: le, exp.EQ: eq, exp.NEQ: ne}
ARITHMETIC = {exp.Add: exp.Sub, exp.Sub: exp.Add, exp.Mul: exp.Div, exp.Div: exp.Mul}
SHOWN = 90
NUMBERED = re.compile(r"_\d+\b")
ROUNDS = 3  # steps alike, from which on they are rounds of one macro


@dataclass(frozen=True)
class Mutant:
    """One defect: what was done, where, and the SQL that has it. `near` are the columns that stand in the
    place or around it, by name: what somebody would change in the data to see the defect. `same` says why
    nobody can see it, where that follows from the place alone."""

    what: str
    where: str
    sql: str
    near: tuple[str, ...] = ()
    same: str = ""

    @property
    def name(self) -> str:
        return f"{self.what}: {self.where}"


Nodes = tuple[exp.Expression, ...]


def mutants(sql: str, at_most: int | None = None, in_order: bool = False) -> Iterator[Mutant]:
    """Every defect that we know how to make of a statement, each once; or `at_most` so many places of them,
    drawn by chance, the same ones each time. `in_order` where the order of the rows is part of the answer."""
    tree = _parsed(sql)
    writer = Writer(tree)
    seen: set[str] = {writer.text}
    found = list(expansions(tree))
    formulas = {id(one.top): one.name for one in found}
    # Of a formula that stands in another the outer one is tried.
    written = {id(node) for one in found for node in one.written if node is not one.top}
    places = [
        (nodes, what, change)
        for nodes in _together(tree, writer, found)
        if not any(id(node) in written for node in nodes)
        for what, change in _changes_of(nodes[0], formulas.get(id(nodes[0])), in_order)
    ]
    if at_most is not None and len(places) > at_most:
        places = [places[place] for place in sorted(Random(SEED).sample(range(len(places)), at_most))]
    for nodes, what, change in places:
        node = nodes[0]
        shown, near = _shown(node, writer), _near(node)
        if (text := _with(change, nodes, writer)) is not None and text not in seen:
            seen.add(text)
            yield Mutant(what, shown, text, near, _same(node, what))


class Writer:
    """Writes one tree again and again with one node changed. The text of every node is kept, so that only
    what changed and what stands around it is written anew: a hundred times less work on a long model."""

    def __init__(self, tree: exp.Expression) -> None:
        self._tree = tree
        self._generator = Dialect.get_or_raise(DIALECT).generator(comments=False)
        self._written = self._generator.sql
        self._texts: dict[int, str] = {}
        self._written_nodes: list[exp.Expression] = []  # kept, so that no other node gets the id of one
        self._keeps = True
        self._generator.sql = self._sql  # type: ignore[method-assign]
        self.text = self._generator.generate(tree, copy=False)
        self._keeps = False

    def of(self, node: exp.Expression) -> str:
        """The text of one node of the tree as it was."""
        return self._texts.get(id(node)) or node.sql(dialect=DIALECT, comments=False)

    def changed(self, around: Sequence[exp.Expression]) -> str:
        """The text of the tree, in which something below the nodes `around` is not what it was."""
        kept = {id(node): self._texts.pop(id(node)) for node in around if id(node) in self._texts}
        try:
            return self._generator.generate(self._tree, copy=False)
        finally:
            self._texts.update(kept)

    def _sql(self, node: Any, key: str | None = None, comment: bool = True) -> str:
        if key is not None or not isinstance(node, exp.Expression):
            return self._written(node, key, comment)
        known = self._texts.get(id(node))
        if known is None:
            known = self._written(node, None, comment)
            if self._keeps:
                self._texts[id(node)] = known
                self._written_nodes.append(node)
        return known


def _with(change: Change, nodes: Sequence[exp.Expression], writer: Writer) -> str | None:
    """The statement with one node changed, or the same one of every round; the tree is as it was afterwards.
    None when nothing changes."""
    around = [above for node in nodes for above in _ancestors(node)]
    swaps = [_swap(change, node) for node in nodes]
    text = writer.changed(around) if all(changed is not None for _, changed in swaps) else None
    for node, (twin, changed) in zip(nodes, swaps, strict=True):
        parent = twin.parent if changed is None else changed.parent
        if isinstance(node, exp.Distinct) and isinstance(parent, exp.Select):
            parent.set("distinct", node)  # a change of the parent's, the only one
        else:
            (twin if changed is None else changed).replace(node)
    return text


def _swap(change: Change, node: exp.Expression) -> tuple[exp.Expression, exp.Expression | None]:
    """Puts a changed copy in the place of a node. Returns the copy, and what it became."""
    twin = node.copy()
    node.replace(twin)
    changed = change(twin)
    if changed is not None and changed is not twin:
        twin.replace(changed)
    return twin, changed


def _together(tree: exp.Expression, writer: Writer, found: Sequence[Expansion]) -> list[Nodes]:
    """The nodes of a statement, those together that were written once: the same place in every round of a
    macro's steps (CTEs that differ only in the numbers of names), and in every copy of an argument."""
    steps: dict[str, list[exp.Expression]] = {}
    for step in tree.find_all(exp.CTE):
        steps.setdefault(NUMBERED.sub("_", writer.of(step)), []).append(step)
    copies = [alike for alike in steps.values() if len(alike) >= ROUNDS]
    copies += [list(argument) for one in found for argument in one.arguments if len(argument) > 1]
    first: dict[int, exp.Expression] = {}

    def of(node: exp.Expression) -> exp.Expression:
        while id(node) in first:
            node = first[id(node)]
        return node

    for alike in copies:
        for nodes in zip(*(list(one.walk()) for one in alike), strict=True):
            for other in nodes[1:]:
                if of(other) is not of(nodes[0]):
                    first[id(of(other))] = of(nodes[0])
    groups: dict[int, list[exp.Expression]] = {}
    for node in tree.walk():
        groups.setdefault(id(of(node)), []).append(node)
    return [tuple(group) for group in groups.values()]


def _counts_a_group(node: exp.Expression) -> bool:
    query = node.find_ancestor(exp.Select)
    is_all = isinstance(node, exp.Count) and isinstance(node.this, exp.Star)
    return is_all and query is not None and query.args.get("group") is not None


def _same(node: exp.Expression, what: str) -> str:
    """Why a changed number changes nothing: it stands for a null, and what it is compared with lies on the
    same side of it as before; or it is what the rows of a group cannot be. Else nothing."""
    coalesce = node.parent
    if isinstance(coalesce, exp.Nullif) and what == "0 became -1" and _counts_a_group(coalesce.this):
        return "A group has a row at least, and no count is negative."
    if not isinstance(coalesce, exp.Coalesce) or not isinstance(node, exp.Literal):
        return ""
    compared = coalesce.parent
    test = SIDES.get(type(compared))
    if test is None or compared.this is not coalesce or not isinstance(compared.expression, exp.Literal):
        return ""
    limit, (was, now) = compared.expression, what.split(" became ")
    if limit.is_string or test(float(was), float(limit.this)) != test(float(now), float(limit.this)):
        return ""
    return "The stand-in for a null stays on the same side of the limit."


def _ancestors(node: exp.Expression) -> Iterator[exp.Expression]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _near(node: exp.Expression) -> tuple[str, ...]:
    """The names of the columns in a node, or else in the nearest one around it that has any."""
    for place in (node, *_ancestors(node)):
        found = dict.fromkeys(column.name for column in place.find_all(exp.Column))
        if found or isinstance(place, exp.Query):
            return tuple(found)
    return ()


def as_written(sql: str) -> str:
    """A statement as the parser writes it: the yardstick for its mutants."""
    return Writer(_parsed(sql)).text


def _parsed(sql: str) -> exp.Expression:
    return sqlglot.parse_one(shortened(sql), dialect=DIALECT)


Change = Callable[[exp.Expression], exp.Expression | None]


def _changes_of(node: exp.Expression, formula: str | None, in_order: bool) -> Iterator[tuple[str, Change]]:
    if formula is None:
        yield from _changes(node, in_order)
    elif not isinstance(node, exp.Query):
        yield f"a {formula} forgotten", lambda _: exp.null()


def _changes(node: exp.Expression, in_order: bool) -> Iterator[tuple[str, Change]]:
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
    if kind is exp.Ordered and _takes_from(node, in_order):
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


def _takes_from(node: exp.Ordered, in_order: bool) -> bool:
    """Whether anything depends on an order: a window, an aggregate, a limit, or whoever reads the answer. A
    table has none; the order that it is written in only lays rows beside each other."""
    if node.find_ancestor(exp.Window, exp.AggFunc, exp.WithinGroup):
        return True
    query = node.find_ancestor(exp.Query)
    if query is None:
        return True
    return query.args.get("limit") is not None or (in_order and query.parent is None)


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


def _shown(node: exp.Expression, writer: Writer) -> str:
    around = node if not isinstance(node, exp.Literal | exp.Distinct) or node.parent is None else node.parent
    text = " ".join(writer.of(around).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
