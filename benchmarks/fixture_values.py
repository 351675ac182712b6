"""Values worth trying in a fixture: what the SQL names, what stands next to it, what other rows have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import sqlglot
from fixture_parameters import DAY, NUMBER, argument, fits, texts_of
from mutants import DIALECT, Mutant
from recorded import Subject, Table
from sqlglot import exp

from scaup.rehearsal import Types

STEPS = (1, 1, 2, 3, 5, 8, 13)  # how many values change at once
NUMBERS = re.compile(r"TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|DOUBLE|FLOAT|DECIMAL|UBIGINT|UINTEGER")
DAYS = (0, 1, 7, 14, 28, 30, 90)
ROWS_AT_MOST = 220
COPIES_AT_MOST = 60


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
        return found + self.bounds()

    def bounds(self) -> list[str]:
        """The times that are given as parameters."""
        return [one for one in self.parameters.values() if isinstance(one, str) and DAY.match(one)]


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

    def change(
        self, base: Given, types: Types, mutant: Mutant, subject: Subject, steps: int | None = None
    ) -> Given:
        """A few values changed, most of them where the mutant's own columns are. With `steps`, so many, and
        no parameter."""
        near = _behind(mutant.near, self.behind)
        own = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", mutant.name)]
        draft = Draft(dict(base.tables), dict(base.parameters), types, near, own or self.numbers)
        empty = [relation for relation, table in draft.tables.items() if not table.rows]
        for _ in range(steps or self.random.choice(STEPS)):
            if not steps and draft.parameters and self.random.random() < 0.15:
                self._parameter(draft, subject, mutant)
            elif draft.tables and self.random.random() < (0.25 if empty else 0.12):
                self._meet(draft, self.random.choice(empty or list(draft.tables)))
            elif places := draft.places(self.random.random() < 0.7):
                how = self.random.random()
                if how < 0.2:
                    self._repeat(draft, *self.random.choice(places))
                elif how < 0.3:
                    self._rename(draft, *self.random.choice(places))
                elif how < 0.4:
                    self._level(draft, places)
                elif how < 0.45:
                    self._drop(draft, self.random.choice(places)[0])
                else:
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

    def _repeat(self, draft: Draft, relation: str, column: str) -> None:
        """A row again, a few times or as often as the mutant has a number, mostly under an identifier of its
        own and with another value in one column."""
        table = draft.tables[relation]
        row = self.random.choice(table.rows)
        counts = [1, 1, 1, 2, 3, *(round(one) + by for one in draft.numbers for by in (-2, -1, 0))]
        count = self.random.choice([one for one in counts if 0 < one <= COPIES_AT_MOST])
        own = {column} if self.random.random() < 0.7 else set()
        if self.random.random() < 0.7:
            values = {name: [one[at] for one in table.rows] for at, name in enumerate(table.columns)}
            own |= {
                name for name, all_ in values.items() if name.endswith("_id") and len(set(all_)) == len(all_)
            }
        again = [
            tuple(
                self._fresh(value, draft.types[relation][name].upper(), number) if name in own else value
                for name, value in zip(table.columns, row, strict=True)
            )
            for number in range(1, count + 1)
        ]
        if len(table.rows) + len(again) <= ROWS_AT_MOST:
            draft.tables[relation] = replace(table, rows=(*table.rows, *again))

    def _fresh(self, value: str | None, kind: str, number: int) -> str | None:
        """A value that differs from another, and from those of other numbers."""
        if kind == "VARCHAR":
            return f"{value or ''}~{number}"
        if value and DAY.match(value):
            return self._later(value, number, self.random.choice(("days", "hours", "seconds")), kind)
        if NUMBERS.match(kind) and value is not None and not kind.endswith("]"):
            return str(round(float(value)) + number)
        return value

    def _level(self, draft: Draft, places: Sequence[tuple[str, str]]) -> None:
        """Of two columns, the one gets the other's value, or what lies a microsecond beside it."""
        relation, column = self.random.choice(places)
        kind = draft.types[relation][column].upper()
        alike = [
            one for one in places if draft.types[one[0]][one[1]].upper()[:4] in (kind[:4], "DATE", "TIME")
        ]
        other, source = self.random.choice(alike or [(relation, column)])
        value = self.random.choice(draft.tables[other].rows)[draft.tables[other].columns.index(source)]
        if value and DAY.match(value) and kind.startswith(("DATE", "TIMESTAMP")):
            by = self.random.choice((0, 0, 0, 1, -1))
            value = self._later(value, by, "microseconds", kind)
        elif kind[:4] != draft.types[other][source].upper()[:4]:
            return
        table = draft.tables[relation]
        rows, place = list(table.rows), self.random.randrange(len(table.rows))
        row, at = list(rows[place]), table.columns.index(column)
        row[at] = value
        rows[place] = tuple(row)
        draft.tables[relation] = replace(table, rows=tuple(rows))

    def _rename(self, draft: Draft, relation: str, column: str) -> None:
        """Another value in all rows of a relation that have the same one, or in all relations."""
        table = draft.tables[relation]
        row = self.random.choice(table.rows)
        was, now = row[table.columns.index(column)], self._value(draft, relation, column, row)
        for name in draft.tables if self.random.random() < 0.3 else [relation]:
            one = draft.tables[name]
            if column in one.columns and draft.types[name][column] == draft.types[relation][column]:
                at = one.columns.index(column)
                rows = tuple((*row[:at], now, *row[at + 1 :]) if row[at] == was else row for row in one.rows)
                draft.tables[name] = replace(one, rows=rows)

    def _drop(self, draft: Draft, relation: str) -> None:
        """Some rows of a relation less, or all that have one value in a column."""
        table = draft.tables[relation]
        at = self.random.randrange(len(table.columns))
        value = self.random.choice(table.rows)[at]
        share = self.random.choice((0.0, 0.0, 0.5))
        kept = tuple(row for row in table.rows if row[at] != value or self.random.random() < share)
        draft.tables[relation] = replace(table, rows=kept)

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
        if kind.endswith("[]") and table.rows:
            return self._list([one[at] for one in table.rows])
        if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
            return self.random.choice(table.rows)[at] if table.rows else None
        if NUMBERS.match(kind):
            return self._number(draft, row, kind)
        if kind == "VARCHAR" and self.random.random() < 0.2 and (texts := texts_of(draft.parameters)):
            return self.random.choice(texts)
        if kind == "VARCHAR":
            return self.random.choice([*self.texts, f"{row[at] or column}~", f"0{row[at] or column}", ""])
        return row[at]

    def _list(self, lists: Sequence[str | None]) -> str | None:
        """Another row's list, some of its items, or those of two rows."""
        items = [one for one in (self.random.choice(lists) or "[]")[1:-1].split(", ") if one]
        more = [one for one in (self.random.choice(lists) or "[]")[1:-1].split(", ") if one]
        how = self.random.random()
        if how < 0.5:
            start = self.random.randrange(len(items) + 1)
            items = items[start : start + self.random.choice((0, 1, 1, 2, 3, 9))]
        elif how < 0.8:
            items = [*items[:6], *more[:6]]
        return f"[{', '.join(items)}]"

    def _number(self, draft: Draft, row: Sequence[str | None], kind: str) -> str:
        value = self.random.choice(draft.numbers if self.random.random() < 0.6 else self.numbers)
        if self.random.random() < 0.3:
            given = [float(one) for one in draft.parameters.values() if isinstance(one, int | float)]
            others = [float(one) for one in row if one and NUMBER.fullmatch(one)]
            value = self.random.choice(given or others or [value])
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
        moments = [value for value in row if value and DAY.match(value)]
        how = self.random.random()
        if how < 0.35 and (bounds := draft.bounds()):
            moments = bounds
        elif how < 0.6 or not moments:
            moments = draft.moments() or moments
        if not moments:
            return "2026-05-01"
        start = self.random.choice(moments)
        if self.random.random() < 0.4:
            return self._later(start, self.random.choice((0, 0, 1, -1)), "microseconds", kind)
        count = self.random.choice([*draft.numbers, *draft.numbers, *DAYS]) + self.random.choice(
            (0, 0, 0, 1, -1)
        )
        unit = self.random.choice(("days", "days", "days", "hours", "minutes", "microseconds", "weeks"))
        return self._later(start, self.random.choice((-1, 1)) * min(count, 5000), unit, kind)

    @staticmethod
    def _later(value: str, count: float, unit: str, kind: str) -> str | None:
        """A moment so many units later, as a column of a kind has it."""
        try:
            moment = datetime.fromisoformat(value) + timedelta(**{unit: count})
        except (ValueError, OverflowError):
            return None
        if kind == "DATE":
            return moment.date().isoformat()
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat(sep=" ")

    def turn(self, base: Given, types: Types, mutant: Mutant, subject: Subject) -> Given:
        """Other values for one or two of a question's parameters."""
        near = _behind(mutant.near, self.behind)
        draft = Draft(dict(base.tables), dict(base.parameters), types, near, self.numbers)
        for _ in range(self.random.choice((1, 1, 2))):
            self._parameter(draft, subject, mutant)
        return replace(base, parameters=draft.parameters)

    def _parameter(self, draft: Draft, subject: Subject, mutant: Mutant) -> None:
        """Another value for one of a question's parameters, within its bounds: for one that the mutant names,
        or for any."""
        assert subject.question is not None
        declared = subject.question.parameters
        named = [one for one in declared if re.search(rf"\${one.name}\b", mutant.where)]
        one = self.random.choice(named if named and self.random.random() < 0.7 else declared)
        value = argument(self, one, draft.tables, draft.near)
        if fits(one, value):
            draft.parameters[one.name] = value


def _names_behind(tree: exp.Expression) -> dict[str, frozenset[str]]:
    """For each name given in the SQL, the names of the columns in what it names; for a count of rows, those
    by which it is counted."""
    behind: dict[str, set[str]] = {}
    for alias in tree.find_all(exp.Alias):
        columns = {one.name for one in alias.find_all(exp.Column)}
        if not columns and isinstance(alias.parent, exp.Select):
            parts = (alias.parent.args.get(name) for name in ("group", "where", "having"))
            columns = {one.name for part in parts if part for one in part.find_all(exp.Column)}
        behind.setdefault(alias.alias, set()).update(columns)
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
