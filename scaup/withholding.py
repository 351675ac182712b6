"""Withholding: the small counts of a table that leaves the house, and what would give them away.

A table whose rows carry a pseudonym, or that was asked about one subject, is evidence about that subject.
Any other table is a statistic of a group, and small groups can be told apart. There a row with a count of
people between 1 and the threshold less one keeps its zeros and its key, and loses every other number:
sums, differences and shares of a row would give the count back. Further rows are withheld until no total
gives it back either, even one that stands elsewhere (`scaup.suppression`). Which columns count people, and
the threshold, are rows of the seed `small_cells`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from itertools import combinations
from pathlib import Path

from scaup.answers import Answer, plain_text
from scaup.errors import MissingInput, UsageError
from scaup.suppression import Label, arcs_of, protect

WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")
LARGEST = 400  # cells of a table by two keys; of a larger one every row goes once a count in it is small


@dataclass(frozen=True)
class SmallCells:
    """What counts people, by name or pattern, with its threshold; and what only says which row it is."""

    counts: Mapping[str, int]
    keys: tuple[str, ...]

    def threshold_of(self, column: str) -> int | None:
        """The smallest count that a column of that name may show; None when it counts nobody."""
        if column in self.counts:
            return self.counts[column]
        if self.is_key(column):
            return None
        fitting = [least for pattern, least in self.counts.items() if fnmatchcase(column, pattern)]
        return max(fitting, default=None)

    def is_key(self, column: str) -> bool:
        """Whether a number of that name may always be shown."""
        return any(fnmatchcase(column, pattern) for pattern in self.keys)


def read_small_cells(project: Path, day: date) -> SmallCells:
    """The rules of a checkout that are in force on a day. Raises MissingInput, UsageError."""
    path = project / "seeds" / "small_cells.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if _stands(row, day)]
    except FileNotFoundError as error:
        raise MissingInput(f"{path} is missing: it says which small counts may not leave.") from error
    counts = {row["pattern"]: int(row["threshold"]) for row in rows if row["role"] == "count"}
    if low := [pattern for pattern, least in counts.items() if least < 2]:
        raise UsageError(f"{path} has a threshold below 2 for {low[0]!r}, which withholds nothing.")
    return SmallCells(counts, tuple(row["pattern"] for row in rows if row["role"] == "key"))


def _stands(row: Mapping[str, str], day: date) -> bool:
    ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
    return date.fromisoformat(row["valid_from"]) <= day < ends


@dataclass(frozen=True)
class Withheld:
    """A table as it may leave: rows in the order of their keys where anything was withheld, because an
    order by size tells sizes. `numbers` says how many of which column went, `values` what they were."""

    answer: Answer
    numbers: Mapping[str, int]
    values: frozenset[object]


def withhold(answer: Answer, rules: SmallCells) -> Withheld:
    """Withhold what has to be withheld of a table of groups."""
    thresholds = {
        place: least
        for place, name in enumerate(answer.columns)
        if WHOLE.fullmatch(answer.types[place]) and (least := rules.threshold_of(name))
    }
    keys = [
        place
        for place, name in enumerate(answer.columns)
        if place not in thresholds and (rules.is_key(name) or not _is_measure(answer, place))
    ]
    gone = _rows_to_withhold(answer, thresholds, keys)
    if not gone:
        return Withheld(answer, {}, frozenset())
    values = {
        row[place]
        for at, row in enumerate(answer.rows)
        if at in gone
        for place in range(len(row))
        if place not in keys and row[place]
    }
    numbers = {
        answer.columns[place]: count
        for place in range(len(answer.columns))
        if place not in keys and (count := sum(bool(answer.rows[at][place]) for at in gone))
    }
    rows = [
        tuple(value if place in keys or not value else None for place, value in enumerate(row))
        if at in gone
        else row
        for at, row in enumerate(answer.rows)
    ]
    rows.sort(key=lambda row: [(row[place] is not None, plain_text(row[place] or "")) for place in keys])
    return Withheld(
        replace(answer, rows=tuple(rows), withheld=sum(numbers.values())), numbers, frozenset(values)
    )


def _is_measure(answer: Answer, place: int) -> bool:
    """Whether a column says how much or when, rather than which row it is."""
    return answer.is_number(place) or answer.types[place].startswith(("TIME", "INTERVAL", "JSON"))


def _rows_to_withhold(answer: Answer, thresholds: Mapping[int, int], keys: Sequence[int]) -> set[int]:
    counts = {place: [max(int(row[place] or 0), 0) for row in answer.rows] for place in thresholds}  # type: ignore[call-overload]
    gone = {
        at
        for place, least in thresholds.items()
        for at, value in enumerate(counts[place])
        if 0 < value < least
    }
    if not gone:
        return gone
    sides = _sides(answer, keys)
    if sides is None:
        return set(range(len(answer.rows)))
    for place, least in thresholds.items():
        cells: dict[tuple[Label, Label], int] = {pair: counts[place][at] for pair, at in sides.items()}
        rows, columns = (tuple(dict.fromkeys(side)) for side in zip(*sides, strict=True))
        named = arcs_of(cells, rows, columns, totals_are_ours=False)
        arcs, place_of = list(named.values()), {name: number for number, name in enumerate(named)}
        also = [place_of["cell", *pair] for pair, at in sides.items() if at in gone]
        hidden = protect(arcs, least, also)
        if any(not arcs[number].is_ours and arcs[number].value >= least for number in hidden):
            return set(range(len(answer.rows)))  # somebody who has that total needs this table no more
        gone |= {at for pair, at in sides.items() if place_of["cell", *pair] in hidden}
    return gone


def _sides(answer: Answer, keys: Iterable[int]) -> dict[tuple[str, str], int] | None:
    """Each row's place by the one or two keys that tell it from the others; None when it takes more, or
    when the table is too large to be judged cell by cell."""
    texts = {place: [_text_of(row[place]) for row in answer.rows] for place in keys}
    for place, names in texts.items():
        if len(set(names)) == len(names):
            return {(name, ""): at for at, name in enumerate(texts[place])}
    for one, other in combinations(texts, 2):
        pairs = dict(zip(zip(texts[one], texts[other], strict=True), range(len(answer.rows)), strict=True))
        if len(pairs) == len(answer.rows):
            size = len(set(texts[one])) * len(set(texts[other]))
            return pairs if size <= LARGEST else None
    return None


def _text_of(value: object) -> str:
    """A key's value as text; nothing known is a key of its own."""
    return "" if value is None else f"={plain_text(value)}"
