"""The search for rows that tell a subject from its mutants.

It starts from related rows of a built world and from the rows of the unit tests, changes a few values at a
time (a literal of the SQL and its neighbours, null, another row's value, a moment so many days later, a row
twice, a row less), lays such changed twins of all its rows beside them (fixture_twins.py), and keeps what
makes a mutant return something else. Then it leaves out every row that is
not needed for that. The same world, SQL and seed find the same rows.
"""

from __future__ import annotations

import re
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from time import process_time
from typing import Any

import duckdb
from fixture_parameters import DAY, MANY, argument, argument_values, default_of, fits
from fixture_twins import Twin, Twins, beside
from fixture_values import Given, Pools
from mutants import Mutant
from mutate_sql import PLANNED_ONCE
from recorded import Floor, Subject, Table, table_of

from scaup.rehearsal import Types

CROWDS = (2, 6, 16, 40)  # how many twins stand beside a candidate
FEW = 120  # rows of a candidate that is changed further; larger ones are only looked at
PLANNED_AT_MOST = 24  # sets of parameters that statements are kept prepared for
STRETCH = 40  # candidates in a row with the same parameters
SECONDS = 5.0  # a statement that runs longer is stopped; a mutant that does is noticed


class Search:
    """The search for one subject. `seconds` are of CPU time."""

    def __init__(self, subject: Subject, types: Types, mutants: Sequence[Mutant], seed: int = 7) -> None:
        self.subject = subject
        self.declared = subject.question.parameters if subject.question else ()
        self.floor = Floor(types)
        self.random = Random(f"{subject.name} {seed}")
        self.pools = Pools(subject.sql, self.random)
        self.twins = Twins(self.pools, types, subject, self.random)
        self.floor.make(subject.reads)
        self.floor.connection.execute(PLANNED_ONCE)
        self.mutants: dict[int, Mutant] = {}
        self.stillborn: list[Mutant] = []
        self.sql = {-1: subject.sql}
        self._planned: OrderedDict[str, tuple[int, set[int]]] = OrderedDict()
        self._plans = 0
        self._given = mutants

    def born(self, parameters: Mapping[str, Any]) -> set[int]:
        """The mutants that can run; all others are `stillborn`. They are planned for parameters."""
        for at, mutant in enumerate(self._given):
            self.sql[at] = mutant.sql
            try:
                self._plan(at, parameters)
                self.mutants[at] = mutant
            except duckdb.Error:
                self.stillborn.append(mutant)
        return set(self.mutants)

    def _plan(self, at: int, parameters: Mapping[str, Any]) -> str:
        """The name under which a statement is prepared for parameters. They are written into it: DuckDB plans
        a statement with a $name anew each time, and that takes most of the time."""
        # What is null counts as not given.
        values = {
            one.name: default_of(one) if parameters.get(one.name) is None else parameters[one.name]
            for one in self.declared
        }
        told = repr(sorted(values.items()))
        if told not in self._planned:
            self._plans += 1
            self._planned[told] = (self._plans, set())
        self._planned.move_to_end(told)
        number, planned = self._planned[told]
        name = f"m{number}_{at + 1}"
        if at not in planned:
            sql = re.sub(r"\$(\w+)", lambda found: _argument(values[found[1]]), self.sql[at])
            self.floor.connection.execute(f"prepare {name} as {sql}")
            planned.add(at)
        if len(self._planned) > PLANNED_AT_MOST:
            number, planned = self._planned.popitem(last=False)[1]
            for one in planned:
                self.floor.connection.execute(f"deallocate m{number}_{one + 1}")
        return name

    def close(self) -> None:
        self.floor.connection.close()

    def run(self, at: int, parameters: Mapping[str, Any]) -> Table:
        """What the subject (-1) or a mutant returns for what lies on the floor. Raises duckdb.Error."""
        with interrupted(self.floor.connection):
            result = self.floor.connection.execute(f"execute {self._plan(at, parameters)}")
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

    def noticed(self, given: Sequence[Given], alive: set[int]) -> list[tuple[Given, set[int]]]:
        """Those of the candidates that kill a mutant, each with the mutants that it was the first to kill."""
        found: list[tuple[Given, set[int]]] = []
        alive = set(alive)
        for one in given:
            if alive and (killed := self.killed(one, sorted(alive))):
                found.append((one, killed))
                alive -= killed
        return found

    def find(self, bases: Sequence[Given], alive: set[int], seconds: float) -> list[tuple[Given, set[int]]]:
        """Changed candidates, each with the mutants that it was the first to kill."""
        ends = process_time() + seconds
        pool = self.pool(bases)
        found = self.noticed(pool, alive)
        alive = alive.difference(*(killed for _, killed in found))
        turned: list[Given] = []  # the same under other parameters, that told nothing yet
        tried: Counter[int] = Counter()
        number, stretch = 0, pool
        while alive and process_time() < ends and pool:
            if number % STRETCH == 0:
                chosen = self.random.choice([*pool, *turned]).parameters
                stretch = [one for one in (*pool, *turned) if one.parameters == chosen]
            number += 1
            at = min(self.random.sample(sorted(alive), min(len(alive), 3)), key=lambda one: tried[one])
            tried[at] += 1
            base = self.random.choice(stretch[-6:] if self.random.random() < 0.4 else stretch)
            base, twins = self._candidate(base, self.mutants[at])
            candidate = beside(base, twins)
            count = min(len(alive), 12 if twins and base.parameters == chosen else 3)
            tells, rows = self._tells(candidate, [at, *self.random.sample(sorted(alive), count)])
            if rows and not twins and self.random.random() < 0.3:
                turned = [*turned[-11:], base]
                if base.parameters == chosen:
                    stretch = [*stretch[-30:], base]
            if tells:
                candidate, killed = self._stable(base, twins, alive)
                if killed:
                    alive -= killed
                    found.append((candidate, killed))
                    if _size(candidate) <= FEW:
                        pool.append(candidate)
                        if candidate.parameters == chosen:
                            stretch.append(candidate)
        return found

    def pool(self, bases: Sequence[Given]) -> list[Given]:
        """What to begin with: the candidates of few rows that have an answer, those last that have most; all
        when none has any."""
        few = [given for given in bases if _size(given) <= FEW]
        counted = sorted(((self.rows(given), at) for at, given in enumerate(few)))
        return [few[at] for count, at in counted if count] or few

    def _candidate(self, base: Given, mutant: Mutant) -> tuple[Given, list[Twin]]:
        """Other parameters, changed values, changed twins beside it, or two of these."""
        how = self.random.random()
        if base.parameters and how < 0.18:
            base = self.pools.turn(base, self.floor.types, mutant, self.subject)
            if how < 0.1:
                return base, []
        elif how < 0.45:
            return self.pools.change(base, self.floor.types, mutant, self.subject), []
        return base, self.twins.of(base, mutant, self.random.choice(CROWDS))

    def _stable(self, base: Given, twins: list[Twin], alive: set[int]) -> tuple[Given, set[int]]:
        """The candidate and what it kills, with half of the twins and half of these again where all together
        stand in no order; without those that are not needed, where it kills few."""
        candidate = beside(base, twins)
        killed = self.killed(candidate, sorted(alive))
        if not killed and len(twins) > 1:
            half = len(twins) // 2
            candidate, killed = self._stable(base, twins[:half], alive)
            return (candidate, killed) if killed else self._stable(base, twins[half:], alive)
        size = len(twins) // 2 if 0 < len(killed) <= 8 else 0
        while size:
            start = 0
            while start < len(twins):
                fewer = twins[:start] + twins[start + size :]
                if self.killed(beside(base, fewer), killed) == killed:
                    twins = fewer
                else:
                    start += size
            size //= 2
        return beside(base, twins), killed

    def rows(self, given: Given) -> int:
        """How many rows the subject returns."""
        return self._tells(given, ())[1]

    def shrunk(self, given: Given, seconds: float) -> Given:
        """A large candidate without the rows that a few rows of the answer do not need."""
        wanted = min(4, self.rows(given))
        if not wanted or _size(given) <= FEW // 2:
            return given
        return self._without_rows(
            given, lambda candidate: self.rows(candidate) >= wanted, process_time() + seconds
        )

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

        return trimmed(self._without_rows(given, still, process_time() + seconds))

    @staticmethod
    def _without_rows(given: Given, still: Callable[[Given], bool], ends: float) -> Given:
        """Without every row of which what `still` asks for can do without."""
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
        return given


def first_parameters(subject: Subject, tables: Mapping[str, Table], pools: Pools) -> dict[str, Any]:
    """Parameters that let much through: all of time, no filters, values that the rows have."""
    if subject.question is None:
        return {}
    found: dict[str, Any] = {}
    days = [
        value[:10]
        for table in tables.values()
        for row in table.rows
        for value in row
        if value and DAY.match(value)
    ]
    after = (date.fromisoformat(max(days, default="2100-01-01")) + timedelta(days=1)).isoformat()
    for declared in subject.question.parameters:
        value = default_of(declared)
        if declared.type in ("date", "timestamptz"):
            value = {"since": min(days, default="2000-01-01"), "until": after}.get(declared.name, value)
        if declared.required:
            for _ in range(20):
                value = argument(pools, declared, tables)
                if fits(declared, value):
                    break
        if declared.required and isinstance(value, list):  # of all that there are
            value = list(dict.fromkeys([*value, *argument_values(declared, tables)]))[:MANY]
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


def trimmed(given: Given) -> Given:
    """Without the relations that have no rows and the columns that have no values."""
    kept = {relation: table for relation, table in given.tables.items() if table.rows}
    return replace(given, tables={relation: _without_empty(table) for relation, table in kept.items()})


def _without_empty(table: Table) -> Table:
    """Without the columns that hold nothing but nulls."""
    kept = [at for at in range(len(table.columns)) if any(row[at] is not None for row in table.rows)] or [0]
    return Table(
        tuple(table.columns[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in table.rows)
    )
