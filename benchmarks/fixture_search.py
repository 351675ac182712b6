"""The search for rows that tell a subject from its mutants.

It starts from related rows of a built world and from the rows of the unit tests, changes a few values at a
time (a literal of the SQL and its neighbours, null, another row's value, a moment so many days later, a row
twice, a row less) and keeps what makes a mutant return something else. Then it leaves out every row that is
not needed for that. The same world, SQL and seed find the same rows.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from random import Random
from time import process_time
from typing import Any

import duckdb
from fixture_values import Given, Pools, fits
from mutants import Mutant
from mutate_sql import PLANNED_ONCE
from recorded import AS_OF, Floor, Subject, Table, table_of

from scaup.parameters import value_of
from scaup.rehearsal import Types
from scaup.warehouse import identifier

FEW = 200  # rows of a candidate that is changed further; larger ones are only looked at
SECONDS = 5.0  # a statement that runs longer is stopped; a mutant that does is noticed


class Search:
    """The search for one subject. `seconds` are of CPU time."""

    def __init__(self, subject: Subject, types: Types, mutants: Sequence[Mutant], seed: int = 7) -> None:
        self.subject = subject
        self.floor = Floor(types)
        self.random = Random(f"{subject.name} {seed}")
        self.pools = Pools(subject.sql, self.random)
        self.floor.make(subject.reads)
        self.floor.connection.execute(PLANNED_ONCE)
        self.mutants: dict[int, Mutant] = {}
        self.stillborn: list[Mutant] = []
        self.arguments: dict[int, tuple[str, ...]] = {}
        self._prepare(-1, subject.sql)
        for at, mutant in enumerate(mutants):
            try:
                self._prepare(at, mutant.sql)
                self.mutants[at] = mutant
            except duckdb.Error:
                self.stillborn.append(mutant)

    def _prepare(self, at: int, sql: str) -> None:
        self.floor.connection.execute(f"prepare m{at + 1} as {sql}")
        self.arguments[at] = tuple(dict.fromkeys(re.findall(r"\$(\w+)", sql)))

    def close(self) -> None:
        self.floor.connection.close()

    def run(self, at: int, parameters: Mapping[str, Any]) -> Table:
        """What the subject (-1) or a mutant returns for what lies on the floor. Raises duckdb.Error."""
        values = ", ".join(
            f"{identifier(name)} := {_argument(parameters.get(name))}" for name in self.arguments[at]
        )
        with interrupted(self.floor.connection):
            result = self.floor.connection.execute(
                f"execute m{at + 1}({values})" if values else f"execute m{at + 1}"
            )
            return table_of(result, in_order=self.subject.question is not None)

    def answer(self, given: Given) -> Table | None:
        """What the subject returns; None when it does not run, or returns something else when the rows stand
        in another order."""
        try:
            self.floor.give({name: _turned(table) for name, table in given.tables.items()})
            other = self.run(-1, given.parameters)
            self.floor.give(given.tables)
            answer = self.run(-1, given.parameters)
        except duckdb.Error:
            return None
        return answer if answer == other else None

    def killed(self, given: Given, among: Iterable[int]) -> set[int]:
        """Which mutants return something else than the subject does."""
        answer = self.answer(given)
        if answer is None:
            return set()
        return {at for at in among if self._differs(at, given, answer)}

    def _tells(self, given: Given, among: Iterable[int]) -> tuple[bool, int]:
        """Whether one of them returns something else as the rows stand; how many rows the subject does."""
        try:
            self.floor.give(given.tables)
            answer = self.run(-1, given.parameters)
        except duckdb.Error:
            return False, 0
        return any(self._differs(at, given, answer) for at in among), len(answer.rows)

    def _differs(self, at: int, given: Given, answer: Table) -> bool:
        try:
            return self.run(at, given.parameters) != answer
        except duckdb.Error:
            return True

    def find(self, bases: Sequence[Given], alive: set[int], seconds: float) -> list[tuple[Given, set[int]]]:
        """Candidates, each with the mutants that it was the first to kill."""
        ends = process_time() + seconds
        found: list[tuple[Given, set[int]]] = []
        alive = set(alive)
        for base in sorted(bases, key=_size):
            if process_time() < ends and (killed := self.killed(base, sorted(alive))):
                found.append((base, killed))
                alive -= killed
        few = [given for given in bases if _size(given) <= FEW]
        pool = [given for given in few if self.answer(given) is not None] or few
        pool.sort(key=lambda given: len(self._rows(given)))
        wandered: list[Given] = []  # candidates that told nothing yet, to go on from
        while alive and process_time() < ends and pool:
            at = self.random.choice(sorted(alive))
            how = self.random.random()
            base = self.random.choice(pool[-6:] if how < 0.4 else (wandered or pool) if how < 0.6 else pool)
            candidate = self.pools.change(base, self.floor.types, self.mutants[at], self.subject)
            among = [at, *self.random.sample(sorted(alive), min(len(alive), 2))]
            tells, count = self._tells(candidate, among)
            if count and self.random.random() < 0.1:
                wandered = [*wandered[-7:], candidate]
            if tells:
                killed = self.killed(candidate, sorted(alive))
                if killed:
                    alive -= killed
                    found.append((candidate, killed))
                    pool.append(candidate)
        return found

    def _rows(self, given: Given) -> tuple[tuple[str | None, ...], ...]:
        answer = self.answer(given)
        return answer.rows if answer else ()

    def cover(self, found: Sequence[tuple[Given, set[int]]]) -> list[tuple[Given, set[int]]]:
        """As few of the candidates as kill as many: the last first, since it holds the changes of others."""
        left = set().union(*(killed for _, killed in found)) if found else set()
        kept: list[tuple[Given, set[int]]] = []
        table = []
        for given, own in reversed(found):
            table.append((given, self.killed(given, sorted(left)) | own))
        while left:
            given, killed = max(table, key=lambda one: len(one[1] & left) / (1 + _size(one[0])) ** 0.5)
            kept.append((given, killed & left))
            left -= killed
        return kept

    def tidy(self, given: Given, must: set[int], seconds: float) -> Given:
        """Without the rows that no mutant of `must` needs in order to be told."""
        ends = process_time() + seconds
        order = sorted(must)

        def still(candidate: Given) -> bool:
            try:
                self.floor.give(candidate.tables)
                answer = self.run(-1, candidate.parameters)
            except duckdb.Error:
                return False
            for at in order:
                if not self._differs(at, candidate, answer):
                    order.remove(at)
                    order.insert(0, at)  # the one that is easily lost is tried first
                    return False
            return self.answer(candidate) is not None

        for relation in sorted(given.tables, key=lambda name: -len(given.tables[name].rows)):
            size = len(given.tables[relation].rows)
            while size >= 1:
                start = 0
                while start < len(given.tables[relation].rows) and process_time() < ends:
                    table = given.tables[relation]
                    rows = table.rows[:start] + table.rows[start + size :]
                    candidate = _with(given, relation, replace(table, rows=rows))
                    if still(candidate):
                        given = candidate
                    else:
                        start += size
                size = size // 2 if size > 1 else 0
        kept = {relation: table for relation, table in given.tables.items() if table.rows}
        return replace(given, tables={relation: _without_empty(table) for relation, table in kept.items()})


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


@contextmanager
def interrupted(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Whatever runs longer than SECONDS is stopped."""
    timer = threading.Timer(SECONDS, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _argument(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[" + ", ".join(_argument(one) for one in value) + "]"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"


def _size(given: Given) -> int:
    return sum(len(table.rows) for table in given.tables.values())


def _turned(table: Table) -> Table:
    return replace(table, rows=table.rows[::-1]) if len(table.rows) > 1 else table


def _with(given: Given, relation: str, table: Table) -> Given:
    return replace(given, tables={**given.tables, relation: table})


def _without_empty(table: Table) -> Table:
    """Without the columns that hold nothing but nulls."""
    kept = [at for at in range(len(table.columns)) if any(row[at] is not None for row in table.rows)] or [0]
    return Table(
        tuple(table.columns[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in table.rows)
    )
