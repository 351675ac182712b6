"""Twins: a candidate once more beside itself, under names of its own, each with a little changed.

A statement that reads forty twins looks at forty small changes at once, and twins tie in all that was not
changed: the rows that tell an order, a `distinct` or a forgotten condition from what was meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from fixture_parameters import KEYS, texts_of
from fixture_values import Given, Pools
from mutants import Mutant
from recorded import Subject, Table

from scaup.rehearsal import Types

STEPS = (1, 1, 1, 1, 2, 2, 3)  # how many changes a twin has
ROWS_AT_MOST = 700  # of a candidate with its twins

Row = tuple[str | None, ...]


@dataclass(frozen=True)
class Twin:
    """The rows of one twin, by relation, that its original does not have."""

    rows: Mapping[str, tuple[Row, ...]]


class Twins:
    """Makes twins of candidates."""

    def __init__(self, pools: Pools, types: Types, subject: Subject, random: Random) -> None:
        self.pools, self.types, self.subject, self.random = pools, types, subject, random
        declared = subject.question.parameters if subject.question else ()
        self.fixed = {*pools.texts, *(value for one in declared for value in one.values or ())}

    def of(self, base: Given, mutant: Mutant, count: int) -> list[Twin]:
        """So many twins, or fewer where the rows would be too many."""
        size = sum(len(table.rows) for table in base.tables.values())
        return [self._one(base, mutant) for _ in range(min(count, ROWS_AT_MOST // max(1, size)))]

    def _one(self, base: Given, mutant: Mutant) -> Twin:
        other = self._renamed(base)
        steps = self.random.choice(STEPS)
        changed = self.pools.change(other, self.types, mutant, self.subject, steps)
        rows = {}
        for relation, table in changed.tables.items():
            left = Counter(base.tables[relation].rows)
            new = []
            for row in table.rows:
                if left[row]:
                    left[row] -= 1
                else:
                    new.append(row)
            rows[relation] = tuple(new)
        return Twin(rows)

    def _renamed(self, base: Given) -> Given:
        """The same rows with other keys: all of them, all but the parameters' values, those that stand in
        one row alone, or none; in all columns or in some."""
        how, end = self.random.random(), f"~{self.random.randrange(1000)}"
        if how > 0.85:
            return base
        kept = set(self.fixed)
        if how > 0.5:
            kept |= set(texts_of(base.parameters))
        columns = sorted({name for table in base.tables.values() for name in table.columns})
        keys = {name for name in columns if KEYS.search(name)}
        if self.random.random() < 0.4:
            keys = {name for name in keys if self.random.random() < 0.5}
        if how > 0.7:
            seen = Counter(value for table in base.tables.values() for row in table.rows for value in row)
            kept |= {value for value, count in seen.items() if value and count > 1}

        def other(value: str) -> str:
            return value if value in kept else f"{value}{end}"

        def renamed(value: str | None, kind: str) -> str | None:
            if not value or kind == "VARCHAR":
                return other(value) if value else value
            if kind == "VARCHAR[]":
                return f"[{', '.join(other(one) for one in value[1:-1].split(', ') if one)}]"
            return value

        tables = {}
        for relation, table in base.tables.items():
            kinds = [self.types[relation][name].upper() if name in keys else "" for name in table.columns]
            rows = tuple(
                tuple(renamed(value, kind) if kind else value for value, kind in zip(row, kinds, strict=True))
                for row in table.rows
            )
            tables[relation] = replace(table, rows=rows)
        return replace(base, tables=tables)


def beside(base: Given, twins: Sequence[Twin]) -> Given:
    """A candidate and its twins."""
    if not twins:
        return base
    tables = {
        relation: Table(table.columns, (*table.rows, *(row for twin in twins for row in twin.rows[relation])))
        for relation, table in base.tables.items()
    }
    return replace(base, tables=tables)
