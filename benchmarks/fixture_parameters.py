"""Values worth giving a question's parameters: its defaults, what the SQL names, what the rows hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Protocol

from recorded import AS_OF, Table

from scaup.errors import UsageError
from scaup.parameters import value_of
from scaup.project import Parameter

DAY = re.compile(r"\d{4}-\d\d-\d\d")
KEYS = re.compile(r"_ids?$|_hmacs?$|_hash(es)?$|^key_value$|_key$")  # columns that name something
MANY = 20  # values of a list
NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")


class Pool(Protocol):
    """The numbers and texts that a statement names."""

    random: Random
    numbers: list[float]
    texts: list[str]


def argument(
    pool: Pool, declared: Parameter, tables: Mapping[str, Table], near: frozenset[str] = frozenset()
) -> Any:
    """A value that a parameter may have: its default, what the SQL names, what the rows hold."""
    if pool.random.random() < 0.15 and not declared.required:
        return default_of(declared)
    if pool.random.random() < 0.1 and not declared.required:
        return None
    kind = declared.type.removesuffix("[]")
    if declared.values:
        value: Any = pool.random.choice(declared.values)
    elif kind in ("bigint", "double"):
        found = [one for one in _values(tables, near) if NUMBER.fullmatch(one)]
        value = pool.random.choice([*pool.numbers, 1, 2, 3, 5, 10, 100, 1000])
        if found and pool.random.random() < 0.5:
            value = float(pool.random.choice(found))
        value = round(value) if kind == "bigint" else value
    elif kind == "boolean":
        value = pool.random.choice((True, False))
    elif kind in ("date", "timestamptz"):
        found = [one for one in _values(tables, near) if DAY.match(one)]
        found = found or [one for one in _values(tables, frozenset()) if DAY.match(one)]
        value = pool.random.choice(found or ["2026-05-01"])
        if kind == "date":
            value = value[:10]
        else:
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                moment = datetime(2026, 5, 1, tzinfo=UTC)
            moment += timedelta(microseconds=pool.random.choice((0, 0, 1, -1)))
            value = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    else:
        found = argument_values(declared, tables)
        texts = found if found and pool.random.random() < 0.8 else pool.texts
        value = pool.random.choice(texts)
        if declared.type.endswith("[]"):
            count = pool.random.choice((0, 0, 1, 3, len(texts)))
            return [value, *pool.random.choices(texts, k=min(count, MANY))]
    return [value] if declared.type.endswith("[]") else value


def argument_values(declared: Parameter, tables: Mapping[str, Table]) -> list[str]:
    """What the rows have in the columns that a parameter may be about."""
    return [
        one
        for table in tables.values()
        for name in _alike(declared.name, table.columns)
        for row in table.rows
        for one in _items(row[table.columns.index(name)])
    ]


def texts_of(parameters: Mapping[str, Any]) -> list[str]:
    """The texts that parameters have, one by one where they are lists."""
    found = []
    for value in parameters.values():
        found += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
    return found


def default_of(declared: Parameter) -> Any:
    """A parameter's default, a relative time as the moment that it stands for."""
    value: Any = declared.default if not isinstance(declared.default, tuple) else list(declared.default)
    if isinstance(value, str) and declared.type in ("date", "timestamptz"):
        moment = value_of(declared, value, AS_OF)
        return moment.isoformat() if isinstance(moment, date) else value
    return value


def _values(tables: Mapping[str, Table], near: frozenset[str]) -> list[str]:
    """All values in the columns of these names, or in all columns."""
    return [
        value
        for table in tables.values()
        for row in table.rows
        for name, value in zip(table.columns, row, strict=True)
        if value and (name in near or not near)
    ]


def fits(declared: Parameter, value: Any) -> bool:
    """Whether a value may be given for a parameter."""
    if value is None:
        return not declared.required
    try:
        value_of(declared, value, AS_OF)
    except UsageError:
        return False
    return True


def _items(value: str | None) -> list[str]:
    """The items of a list, or what is none."""
    if value is None or not value.startswith("["):
        return [value] if value else []
    return [one for one in value[1:-1].split(", ") if one]


def _alike(parameter: str, columns: Sequence[str]) -> list[str]:
    """Columns that a parameter may be about: of its name, else of its last words, else of its first."""
    words = parameter.removesuffix("s").split("_")
    last = "_".join(words[-2:])
    return (
        [column for column in columns if column == parameter]
        or [column for column in columns if column.endswith((last, f"{last}s")) or column == words[0]]
        or [column for column in columns if words[0] in column.removesuffix("s").split("_")]
        or [column for column in columns if column in (f"{words[0]}s", words[-1], f"{words[-1]}s")]
    )
