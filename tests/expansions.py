"""What the project's macros wrote into compiled SQL, found again by its shape.

A formula that stands in a macro is written once, however often models show it: its own defects are tried
once, on the macro (`macros.wilson_low`), and of a model only what it hands over and whether it uses the
result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import sqlglot
from oracles.model_sql import macros
from sqlglot import exp

DIALECT = "duckdb"
SCHEMA = "macros"
ROUNDS = 5  # of `components`: enough for the few nodes of a test, and planned in an eighth of the time
JOINED = re.compile(r"from (\S+)\s*\)\s*as scattered_edges")


@dataclass(frozen=True)
class Formula:
    """A macro that computes: the types of its arguments, what else it is called with, and what it `reads`:
    columns that it calls by name. One that makes a table of a relation, group by group, has rows to be given
    instead of values; one that makes a table and reads takes all rows together, and no arguments. An
    aggregate makes one value of each group."""

    macro: str
    arguments: Mapping[str, str]
    options: Mapping[str, str | float] = field(default_factory=dict)
    is_table: bool = True
    reads: Mapping[str, str] = field(default_factory=dict)
    is_aggregate: bool = False

    def text(self, names: Mapping[str, str], relation: str, by: Sequence[str]) -> str:
        """What it becomes of arguments, a relation and the columns of its groups."""
        if self.reads and self.is_table:
            return str(macros()[self.macro](relation, **self.options)).strip()
        table = {"relation": relation, "by": list(by)} if self.is_table else {}
        return str(macros()[self.macro](**table, **names, **self.options)).strip()


def _value(macro: str, reads: Mapping[str, str] | None = None, **arguments: str) -> Formula:
    return Formula(macro, arguments, is_table=False, reads=reads or {})


def _survival_quantile(share: float) -> Formula:
    return Formula(
        "survival_quantile",
        {"survival": "DOUBLE"},
        {"share": share},
        is_table=False,
        reads={"duration": "DOUBLE"},
        is_aggregate=True,
    )


def _alpha(level: str) -> Formula:
    return Formula("krippendorff_alpha", {"item": "VARCHAR", "value": "VARCHAR"}, {"level": level})


REAL, WHOLE, TEXT, FLAG = "DOUBLE", "BIGINT", "VARCHAR", "BOOLEAN"
FORMULAS: Mapping[str, Formula] = {
    "share": _value("share", part=WHOLE, whole=WHOLE),
    "wilson_low": _value("wilson_low", part=WHOLE, whole=WHOLE, z=REAL),
    "wilson_high": _value("wilson_high", part=WHOLE, whole=WHOLE, z=REAL),
    "beta_quantile": _value("beta_quantile", probability=REAL, a=REAL, b=REAL),
    "beta_cdf": _value("beta_cdf", x=REAL, a=REAL, b=REAL),
    "student_tail": _value("student_tail", value=REAL, degrees=WHOLE),
    "student_quantile": _value("student_quantile", tail=REAL, degrees=WHOLE),
    "chi_square_tail": _value("chi_square_tail", value=REAL, degrees=WHOLE),
    "scattered": _value("scattered", number="UINTEGER"),
    "gathered": _value("gathered", name="UINTEGER"),
    "kaplan_meier": Formula("kaplan_meier", {"duration": REAL, "is_censored": FLAG}),
    "survival_p50": _survival_quantile(0.5),
    "survival_p95": _survival_quantile(0.95),
    "shrunken_share": _value("shrunken_share", part=REAL, whole=REAL, squares=REAL, prior=REAL, reviews=REAL),
    "bits_between": _value("bits_between", {"bits_floor": REAL, "bits_cap": REAL}, after=REAL, before=REAL),
    "clustered_mean": Formula("clustered_mean", {"value": REAL, "cluster": TEXT}),
    "holm": Formula("holm", {"p_value": REAL}),
    "beta_prior": Formula("beta_prior", {"part": WHOLE, "whole": WHOLE}),
    "cohen_kappa": Formula("cohen_kappa", {"first": TEXT, "second": TEXT}),
    "fleiss_kappa": Formula("fleiss_kappa", {"item": TEXT, "label": TEXT}),
    "krippendorff_nominal": Formula(
        "krippendorff_alpha", {"item": TEXT, "value": TEXT}, {"level": "nominal"}
    ),
    "krippendorff_ordinal": Formula(
        "krippendorff_alpha", {"item": TEXT, "value": TEXT}, {"level": "ordinal"}
    ),
    "horvitz_thompson": Formula("horvitz_thompson", {"value": REAL, "inclusion_prob": REAL, "stratum": TEXT}),
    "average_precision": Formula("average_precision", {"score": REAL, "is_true": FLAG, "weight": REAL}),
    "calibration_error": Formula("calibration_error", {"score": REAL, "is_true": FLAG}),
    "population_stability": Formula("population_stability", {"baseline": WHOLE, "current": WHOLE}),
    "components": Formula("components", {}, {"rounds": ROUNDS}, reads={"a": "UINTEGER", "b": "UINTEGER"}),
}
GROUPS_AT_MOST = 3  # columns that a model groups by
HELD = "held_"  # how an argument is called in a shape


@dataclass(frozen=True)
class Expansion:
    """A macro's text in a statement: its top node, the nodes that it wrote, each argument with its copies."""

    name: str
    top: exp.Expression
    written: tuple[exp.Expression, ...]
    arguments: tuple[tuple[exp.Expression, ...], ...]


def statement_of(name: str) -> str:
    """A statement that shows a formula: for every row given, or of all of them, team by team."""
    formula, relation = FORMULAS[name], f'"warehouse"."{SCHEMA}"."{name}"'
    text = formula.text({argument: argument for argument in formula.arguments}, relation, ["team"])
    if formula.is_aggregate:
        return f"select team, {text} as value from {relation} group by team"  # noqa: S608
    return text if formula.is_table else f"select *, {text} as value from {relation}"  # noqa: S608


def columns_of(name: str) -> Mapping[str, str]:
    """The columns, with their types, of what a formula's statement reads."""
    formula = FORMULAS[name]
    if formula.reads and formula.is_table:
        return formula.reads
    team = {"team": TEXT} if formula.is_table or formula.is_aggregate else {}
    return {**team, **formula.arguments, **formula.reads}


def shortened(sql: str) -> str:
    """A statement in which `components` goes on for few rounds. It stops where they are not enough."""
    for relation in JOINED.findall(sql):
        whole = str(macros()["components"](relation)).strip()
        sql = sql.replace(whole, FORMULAS["components"].text({}, relation, ()))
    return sql


def expansions(tree: exp.Expression) -> Iterator[Expansion]:
    """Every place where one of the formulas stands, save in the macro's own statement."""
    own = {table.name for table in tree.find_all(exp.Table) if table.db == SCHEMA}
    shapes = [(name, shape) for name, shape in _shapes() if name not in own]
    for node in tree.walk():
        for name, shape in shapes:
            written: list[exp.Expression] = []
            arguments: dict[str, list[exp.Expression]] = {}
            if type(node) is type(shape) and _fits(shape, node, written, arguments):
                yield Expansion(name, node, tuple(written), tuple(map(tuple, arguments.values())))
                break


@cache
def _shapes() -> tuple[tuple[str, exp.Expression], ...]:
    found = []
    for name, formula in FORMULAS.items():
        names = {argument: HELD + argument for argument in formula.arguments}
        grouped = formula.is_table and not formula.reads
        for count in range(GROUPS_AT_MOST + 1 if grouped else 1):
            text = formula.text(names, f"{HELD}relation", [f"{HELD}by_{at}" for at in range(count)])
            if formula.is_table:
                found.append((name, sqlglot.parse_one(text, dialect=DIALECT)))
            else:
                (shape,) = sqlglot.parse_one(f"select {text}", dialect=DIALECT).expressions
                found.append((name, shape))
    return tuple(found)


def _fits(
    shape: exp.Expression,
    node: exp.Expression,
    written: list[exp.Expression],
    arguments: dict[str, list[exp.Expression]],
) -> bool:
    if isinstance(shape, exp.Column) and shape.name.startswith(HELD) and not shape.table:
        known = arguments.setdefault(shape.name, [])
        if known and known[0] != node:
            return False
        known.append(node)
        return True
    if type(shape) is not type(node):
        return False
    if isinstance(shape, exp.Identifier) and shape.name.startswith(HELD):
        return True  # a relation, or a column behind the name of one or in a `using`
    written.append(node)
    return all(
        _same(shape.args.get(key), node.args.get(key), written, arguments)
        for key in shape.args.keys() | node.args.keys()
    )


def _same(
    ours: object,
    theirs: object,
    written: list[exp.Expression],
    arguments: dict[str, list[exp.Expression]],
) -> bool:
    if isinstance(ours, exp.Expression) and isinstance(theirs, exp.Expression):
        return _fits(ours.unnest(), theirs.unnest(), written, arguments)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(
            _same(one, other, written, arguments) for one, other in zip(ours, theirs, strict=True)
        )
    return (ours or None) == (theirs or None)
