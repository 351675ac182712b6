"""Values worth trying in a fixture: what the SQL names, what stands next to it, what other rows have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import sqlglot
from mutants import DIALECT, Mutant
from recorded import AS_OF, Subject, Table
from sqlglot import exp

from scaup.errors import UsageError
from scaup.parameters import value_of
from scaup.project import Parameter
from scaup.rehearsal import Types

STEPS = (1, 1, 2, 3, 5, 8, 13)  # how many values change at once
NUMBERS = re.compile(r"TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|DOUBLE|FLOAT|DECIMAL|UBIGINT|UINTEGER")
DAYS = (0, 1, 7, 14, 28, 30, 90)
DAY = re.compile(r"\d{4}-\d\d-\d\d")
ROWS_AT_MOST = 40


@dataclass(frozen=True)
class Given:
    """What a candidate gives: tables by relation, and a question's parameters."""

    tables: Mapping[str, Table]
    parameters: Mapping[str, Any]


@dataclass
class Draft:
    """A candidate in the making. `near` are the columns that a mutant is about, `numbers` those it names."""

    tables: dict[str, Table]
    parameters: dict[str, Any]
    types: Types
    near: frozenset[str]
    numbers: Sequence[float]

    def places(self, only_near: bool) -> list[tuple[str, str]]:
        """The columns that have values: those that the mutant is about, or all."""
        found = [(name, column) for name, one in self.tables.items() if one.rows for column in one.columns]
        return [place for place in found if only_near and place[1] in self.near] or found

    def elsewhere(self, relation: str, column: str) -> list[str | None]:
        """What other relations, and the parameters, have under this name: keys that meet."""
        given = self.parameters.get(column)
        return [
            one[other.columns.index(column)]
            for name, other in self.tables.items()
            if name != relation and column in other.columns
            for one in other.rows
        ] + ([str(given)] if isinstance(given, str | int) else [])

    def moments(self) -> list[str]:
        """The times of the columns that the mutant is about, and of the parameters."""
        found = [
            value
            for table in self.tables.values()
            for row in table.rows
            for name, value in zip(table.columns, row, strict=True)
            if value and (name in self.near or not self.near) and DAY.match(value)
        ]
        return found + [one for one in self.parameters.values() if isinstance(one, str) and DAY.match(one)]


class Pools:
    """What values are worth trying: those that the SQL names, their neighbours, and those of other rows."""

    def __init__(self, sql: str, random: Random) -> None:
        self.random = random
        tree = sqlglot.parse_one(sql, dialect=DIALECT)
        literals = [node for node in tree.find_all(exp.Literal)]
        self.numbers = sorted({float(one.this) for one in literals if not one.is_string}) or [1.0]
        self.texts = sorted({one.this for one in literals if one.is_string and len(one.this) < 60}) or ["x"]
        self.behind = _names_behind(tree)
        self.names = {one.name for one in tree.find_all(exp.Identifier)}

    def change(self, base: Given, types: Types, mutant: Mutant, subject: Subject) -> Given:
        """A few values changed, most of them where the mutant's own columns are."""
        near = _behind(mutant.near, self.behind)
        own = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", mutant.name)]
        draft = Draft(dict(base.tables), dict(base.parameters), types, near, own or self.numbers)
        empty = [relation for relation, table in draft.tables.items() if not table.rows]
        for _ in range(self.random.choice(STEPS)):
            if draft.parameters and self.random.random() < 0.15:
                self._parameter(draft.parameters, draft.tables, subject)
            elif draft.tables and self.random.random() < (0.25 if empty else 0.12):
                self._meet(draft, self.random.choice(empty or list(draft.tables)))
            elif places := draft.places(self.random.random() < 0.7):
                self._edit(draft, *self.random.choice(places))
        return Given(draft.tables, draft.parameters)

    def _edit(self, draft: Draft, relation: str, column: str) -> None:
        """One value of one row, in place or beside what it was; or the row again, or no more."""
        table = draft.tables[relation]
        rows = list(table.rows)
        place = self.random.randrange(len(rows))
        how = self.random.random()
        if how < 0.05 and len(rows) > 1:
            del rows[place]
        else:
            row = list(rows[place])
            if how > 0.12:
                row[table.columns.index(column)] = self._value(draft, relation, column, row)
            if how < 0.35 and len(rows) < ROWS_AT_MOST:
                rows.insert(self.random.randrange(len(rows) + 1), tuple(row))
            else:
                rows[place] = tuple(row)
        draft.tables[relation] = replace(table, rows=tuple(rows))

    def _meet(self, draft: Draft, relation: str) -> None:
        """A row more that has what a row of another relation has under the same names."""
        table = draft.tables[relation]
        if len(table.rows) >= ROWS_AT_MOST:
            return
        others = [
            other
            for name, other in draft.tables.items()
            if other.rows and name != relation and set(other.columns) & set(table.columns)
        ]
        row: list[str | None] = list(self.random.choice(table.rows)) if table.rows else []
        if not row:
            row = [None] * len(table.columns)
            for at, column in enumerate(table.columns):
                if self.random.random() < 0.8:
                    row[at] = self._value(draft, relation, column, row)
        if others:
            other = self.random.choice(others)
            met = dict(zip(other.columns, self.random.choice(other.rows), strict=True))
            row = [met.get(column, value) for column, value in zip(table.columns, row, strict=True)]
        draft.tables[relation] = replace(table, rows=(*table.rows, tuple(row)))

    def _value(self, draft: Draft, relation: str, column: str, row: Sequence[str | None]) -> str | None:
        table, kind = draft.tables[relation], draft.types[relation][column].upper()
        at = table.columns.index(column)
        how = self.random.random()
        if how < 0.12:
            return None
        if how < 0.3 and table.rows:
            return self.random.choice(table.rows)[at]
        if how < 0.45 and (others := draft.elsewhere(relation, column)):
            return self.random.choice(others)
        if kind == "BOOLEAN":
            return self.random.choice(("true", "false"))
        if kind.startswith(("DATE", "TIMESTAMP")):
            return self._moment(draft, relation, row, kind)
        if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
            return self.random.choice(table.rows)[at] if table.rows else None
        if NUMBERS.match(kind):
            return self._number(draft.numbers, kind)
        if kind == "VARCHAR":
            return self.random.choice([*self.texts, f"{row[at] or column}~", ""])
        return row[at]

    def _number(self, numbers: Sequence[float], kind: str) -> str:
        value = self.random.choice(numbers if self.random.random() < 0.6 else self.numbers)
        step: float = self.random.choice((-1, 0, 0, 0, 1))
        is_real = kind.startswith(("DOUBLE", "FLOAT", "DECIMAL"))
        if is_real and self.random.random() < 0.4:
            step /= 8
        if self.random.random() < 0.25:
            value = float(self.random.choice((0, 1, 2, 3, 5, 12, 40, 250)))
        told = value + step
        return str(told) if is_real and told % 1 else str(round(told))

    def _moment(self, draft: Draft, relation: str, row: Sequence[str | None], kind: str) -> str | None:
        """Another moment of the row, or of any row, so many days, hours, minutes or microseconds away."""
        named = zip(draft.tables[relation].columns, row, strict=True)
        moments = [value for _, value in named if value and DAY.match(value)]
        if self.random.random() < 0.4 or not moments:
            moments = draft.moments() or moments
        if not moments:
            return "2026-05-01"
        try:
            moment = datetime.fromisoformat(self.random.choice(moments))
        except ValueError:
            return None
        count = self.random.choice([*draft.numbers, *draft.numbers, *DAYS]) + self.random.choice(
            (0, 0, 0, 1, -1)
        )
        unit = self.random.choice(("days", "days", "days", "hours", "minutes", "microseconds", "weeks"))
        sign = self.random.choice((-1, 1))
        try:
            moment += sign * timedelta(**{unit: min(count, 5000)})
        except OverflowError:
            return None
        if kind == "DATE":
            return moment.date().isoformat()
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat(sep=" ")

    def _parameter(self, parameters: dict[str, Any], tables: Mapping[str, Table], subject: Subject) -> None:
        """Another value for one of a question's parameters, within its bounds."""
        assert subject.question is not None
        declared = self.random.choice(subject.question.parameters)
        value = self.argument(declared, tables)
        if value is None and declared.required:
            return
        if fits(declared, value):
            parameters[declared.name] = value

    def argument(self, declared: Parameter, tables: Mapping[str, Table]) -> Any:
        if self.random.random() < 0.15 and not declared.required:
            return declared.default if isinstance(declared.default, str | int | float | bool) else None
        kind = declared.type.removesuffix("[]")
        if declared.values:
            value: Any = self.random.choice(declared.values)
        elif kind in ("bigint", "double"):
            value = self.random.choice([*self.numbers, 1, 2, 3, 5, 10, 100, 1000])
            value = round(value) if kind == "bigint" else value
        elif kind == "boolean":
            value = self.random.choice((True, False))
        elif kind in ("date", "timestamptz"):
            found = [
                value
                for table in tables.values()
                for row in table.rows
                for value in row
                if value and DAY.match(value)
            ]
            value = self.random.choice(found or ["2026-05-01"])
            if kind == "date":
                value = value[:10]
            else:
                try:
                    moment = datetime.fromisoformat(value)
                except ValueError:
                    moment = datetime(2026, 5, 1, tzinfo=UTC)
                moment += timedelta(microseconds=self.random.choice((0, 0, 1, -1)))
                value = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
        else:
            found = [
                row[table.columns.index(name)]
                for table in tables.values()
                for name in _alike(declared.name, table.columns)
                for row in table.rows
            ]
            value = self.random.choice([one for one in found if one] or self.texts)
        return [value] if declared.type.endswith("[]") else value


def fits(declared: Parameter, value: Any) -> bool:
    """Whether a value may be given for a parameter."""
    if value is None:
        return not declared.required
    try:
        value_of(declared, value, AS_OF)
    except UsageError:
        return False
    return True


def first_parameters(subject: Subject, tables: Mapping[str, Table], random: Random) -> dict[str, Any]:
    """Parameters that let much through: all of time, no filters, values that the rows have."""
    if subject.question is None:
        return {}
    found: dict[str, Any] = {}
    pools = Pools(subject.sql, random)
    for declared in subject.question.parameters:
        value: Any = declared.default if not isinstance(declared.default, tuple) else list(declared.default)
        if declared.type in ("date", "timestamptz"):
            value = {"since": "2000-01-01", "until": "2100-01-01"}.get(declared.name, value)
        if declared.required:
            for _ in range(20):
                value = pools.argument(declared, tables)
                if fits(declared, value):
                    break
        if isinstance(value, str) and declared.type in ("date", "timestamptz"):
            bound = value_of(declared, value, AS_OF)
            value = bound.isoformat() if isinstance(bound, date) else value
        found[declared.name] = value
    return found


def _alike(parameter: str, columns: Sequence[str]) -> list[str]:
    """Columns that a parameter may be about: of its name, else of its last word."""
    if parameter in columns:
        return [parameter]
    words = parameter.split("_")
    return [column for column in columns if column.endswith("_".join(words[-2:])) or column == words[0]]


def _names_behind(tree: exp.Expression) -> dict[str, frozenset[str]]:
    """For each name given in the SQL, the names of the columns in what it names."""
    behind: dict[str, set[str]] = {}
    for alias in tree.find_all(exp.Alias):
        behind.setdefault(alias.alias, set()).update(one.name for one in alias.find_all(exp.Column))
    return {name: frozenset(columns) for name, columns in behind.items()}


def _behind(names: Iterable[str], behind: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The names, and all that they are made of."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(behind.get(name, ()))
    return frozenset(found)
