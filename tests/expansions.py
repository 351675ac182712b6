"""What the project's macros wrote into compiled SQL, found again by its shape.

A formula that stands in a macro is written once, however often models show it: its own defects are tried
once, on the macro (`macros.wilson_low`), and of a model only what it hands over and whether it uses the
result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import sqlglot
from oracles.model_sql import macros
from sqlglot import exp

DIALECT = "duckdb"
SCHEMA = "macros"
# The macros that return one value, with the types of their arguments.
FORMULAS: Mapping[str, Mapping[str, str]] = {
    "wilson_low": {"part": "BIGINT", "whole": "BIGINT", "z": "DOUBLE"},
    "wilson_high": {"part": "BIGINT", "whole": "BIGINT", "z": "DOUBLE"},
    "beta_quantile": {"probability": "DOUBLE", "a": "DOUBLE", "b": "DOUBLE"},
    "beta_cdf": {"x": "DOUBLE", "a": "DOUBLE", "b": "DOUBLE"},
    "student_tail": {"value": "DOUBLE", "degrees": "BIGINT"},
    "scattered": {"number": "UINTEGER"},
    "gathered": {"name": "UINTEGER"},
}
HELD = "held_"  # how an argument is called in a shape


@dataclass(frozen=True)
class Expansion:
    """A macro's text in a statement: its top node, the nodes that it wrote, each argument with its copies."""

    macro: str
    top: exp.Expression
    written: tuple[exp.Expression, ...]
    arguments: tuple[tuple[exp.Expression, ...], ...]


def expanded(macro: str) -> str:
    """What a macro becomes of columns called like its arguments."""
    return str(macros()[macro](*FORMULAS[macro])).strip()


def expansions(tree: exp.Expression) -> Iterator[Expansion]:
    """Every place where one of the formulas stands, save in the macro's own statement."""
    own = {table.name for table in tree.find_all(exp.Table) if table.db == SCHEMA}
    shapes = {macro: shape for macro, shape in _shapes().items() if macro not in own}
    for node in tree.walk():
        for macro, shape in shapes.items():
            written: list[exp.Expression] = []
            arguments: dict[str, list[exp.Expression]] = {}
            if type(node) is type(shape) and _fits(shape, node, written, arguments):
                yield Expansion(macro, node, tuple(written), tuple(map(tuple, arguments.values())))


@cache
def _shapes() -> dict[str, exp.Expression]:
    found = {}
    for name, arguments in FORMULAS.items():
        text = str(macros()[name](*(HELD + argument for argument in arguments)))
        (found[name],) = sqlglot.parse_one(f"select {text}", dialect=DIALECT).expressions
    return found


def _fits(
    shape: exp.Expression,
    node: exp.Expression,
    written: list[exp.Expression],
    arguments: dict[str, list[exp.Expression]],
) -> bool:
    if isinstance(shape, exp.Column) and shape.name.startswith(HELD):
        known = arguments.setdefault(shape.name, [])
        if known and known[0] != node:
            return False
        known.append(node)
        return True
    if type(shape) is not type(node):
        return False
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
        return _fits(ours, theirs, written, arguments)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(
            _same(one, other, written, arguments) for one, other in zip(ours, theirs, strict=True)
        )
    return (ours or None) == (theirs or None)
