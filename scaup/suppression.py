"""Small cells in tables that leave the house: which numbers are withheld so that none can be worked out.

A count of 1 up to the threshold less one is withheld (primary). Totals are published beside the counts,
so others have to be withheld as well (complementary), or a subtraction would give the small ones back.
How many, and which, is a question about flows: the cells of a table with its totals are the arcs of a
network in which as much enters each node as leaves it, so what a withheld cell can still be is what can
be sent around a circle through it (Cox 1995, Network Models for Complementary Cell Suppression, JASA 90;
Kelly, Golden and Assad 1992, Networks 22). The bounds found so are exact and whole, because a network's
are.

The reader whom we defend against sees the published table, knows the rule, and knows that a withheld
number is at least one (a zero is published). For every small cell at least `threshold - 1` values stay
possible: as many as the mark itself leaves open, so that the totals add nothing to it.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from scaup.errors import UsageError

Label = Hashable
SOURCE, SINK = "all rows", "all columns"
ELSEWHERE = 10**15  # more than all numbers of any table together


@dataclass(frozen=True)
class Arc:
    """One number of a table: the flow from one node to another, as it was counted.

    One that is not `ours` stands elsewhere, so that withholding it is not in our hands: the last resort.
    """

    tail: Label
    head: Label
    value: int
    is_ours: bool = True

    @property
    def cost(self) -> int:
        """What a reader loses when it is withheld."""
        return self.value if self.is_ours else ELSEWHERE + self.value


@dataclass(frozen=True)
class Table:
    """A table of counts with its totals, as it may be published: None stands for withheld.

    `primary` counts the small numbers among the withheld ones, totals included; `complementary` the
    others. A list (one row or one column) has a total and no totals of rows and columns.
    """

    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    cells: Mapping[tuple[Label, Label], int | None]
    row_totals: Mapping[Label, int | None]
    column_totals: Mapping[Label, int | None]
    total: int | None
    threshold: int
    primary: int
    complementary: int


def suppress(counts: Mapping[tuple[Label, Label], int], threshold: int) -> Table:
    """Withhold what has to be withheld of a table of counts by (row, column); an absent pair counts 0.

    The same counts give the same table, whatever their order. Raises UsageError for a negative count or a
    threshold below 2.
    """
    if threshold < 2:
        raise UsageError(f"A threshold of {threshold} withholds nothing: it has to be at least 2.")
    if negative := [pair for pair, count in counts.items() if count < 0]:
        raise UsageError(f"A table of counts holds a negative one, for {negative[0]!r}.")
    rows = tuple(sorted({row for row, _ in counts}, key=repr))
    columns = tuple(sorted({column for _, column in counts}, key=repr))
    arcs = arcs_of(counts, rows, columns)
    withheld = protect(list(arcs.values()), threshold)
    shown = {name: None if place in withheld else arc.value for place, (name, arc) in enumerate(arcs.items())}
    small = sum(0 < arc.value < threshold for arc in arcs.values())
    return Table(
        rows=rows,
        columns=columns,
        cells={(row, column): shown["cell", row, column] for row in rows for column in columns},
        row_totals={row: shown["row", row, None] for row in rows if ("row", row, None) in shown},
        column_totals={
            name: shown["column", name, None] for name in columns if ("column", name, None) in shown
        },
        total=shown["total", None, None],
        threshold=threshold,
        primary=small,
        complementary=len(withheld) - small,
    )


def arcs_of(
    counts: Mapping[tuple[Label, Label], int],
    rows: Sequence[Label],
    columns: Sequence[Label],
    totals_are_ours: bool = True,
) -> dict[tuple[str, Label, Label], Arc]:
    """The numbers that are published, as arcs of a circulation, by ("cell" or what total, row, column).

    A row's node passes on its total to its cells, a column's node gathers its cells into its total; the
    totals meet in the grand total. In a list (one row or one column) each cell is its own total.
    """
    is_list = len(rows) == 1 or len(columns) == 1
    arcs: dict[tuple[str, Label, Label], Arc] = {}
    for row in rows:
        for column in columns:
            tail, head = (SOURCE, SINK) if is_list else (("row", row), ("column", column))
            arcs["cell", row, column] = Arc(tail, head, counts.get((row, column), 0))
    if not is_list:
        for row in rows:
            total = sum(counts.get((row, column), 0) for column in columns)
            arcs["row", row, None] = Arc(SOURCE, ("row", row), total, totals_are_ours)
        for column in columns:
            total = sum(counts.get((row, column), 0) for row in rows)
            arcs["column", column, None] = Arc(("column", column), SINK, total, totals_are_ours)
    arcs["total", None, None] = Arc(SINK, SOURCE, sum(counts.values()), totals_are_ours)
    return arcs


def protect(arcs: Sequence[Arc], threshold: int, also: Iterable[int] = ()) -> set[int]:
    """The places of the arcs to withhold: the small ones, and the cheapest found that keep them unknown.
    `also` are places that are withheld anyway, and not for their size.

    Cost is what a reader loses: the counts that are withheld in addition. A heuristic, as the least
    cost is NP-hard to find; the protection is exact all the same.
    """
    small = {place for place, arc in enumerate(arcs) if 0 < arc.value < threshold}
    withheld = small | {place for place in also if arcs[place].value}
    leaving: dict[Label, list[int]] = {}
    entering: dict[Label, list[int]] = {}
    for place, arc in enumerate(arcs):
        leaving.setdefault(arc.tail, []).append(place)
        entering.setdefault(arc.head, []).append(place)
    network = _Network(arcs, leaving, entering)
    for place in sorted(small, key=lambda place: (-arcs[place].value, place)):
        wanted = threshold - 2
        downwards = network.room(place, min(wanted, arcs[place].value - 1), withheld, upwards=False)
        network.make_room(place, wanted - downwards, withheld)
    return withheld


@dataclass(frozen=True)
class _Network:
    arcs: Sequence[Arc]
    leaving: Mapping[Label, Sequence[int]]
    entering: Mapping[Label, Sequence[int]]

    def room(self, place: int, wanted: int, withheld: set[int], upwards: bool) -> int:
        """By how much a withheld number could be larger (or smaller) with all published ones as they are;
        at most `wanted`."""
        moved: dict[int, int] = {}
        found = 0
        while found < wanted:
            path = self._path(place, withheld, moved, upwards, may_withhold=False)
            if path is None:
                break
            found += self._send(path, moved, wanted - found)
        return found

    def make_room(self, place: int, wanted: int, withheld: set[int]) -> None:
        """Withhold more until a number could be larger by `wanted`. It can always be done: its own
        totals can grow with it."""
        moved: dict[int, int] = {}
        found = 0
        while found < wanted:
            path = self._path(place, withheld, moved, upwards=True, may_withhold=True)
            if path is None:
                raise AssertionError("a cell and its totals make a circle, so there is always a path")
            withheld.update(step for step, _ in path)
            found += self._send(path, moved, wanted - found)

    def _send(self, path: Iterable[tuple[int, int]], moved: dict[int, int], most: int) -> int:
        steps = list(path)
        amount = min([most, *(self._slack(step, moved) for step, sign in steps if sign < 0)])
        for step, sign in steps:
            moved[step] = moved.get(step, 0) + sign * amount
        return amount

    def _slack(self, place: int, moved: Mapping[int, int]) -> int:
        return self.arcs[place].value - 1 + moved.get(place, 0)

    def _path(
        self, place: int, withheld: set[int], moved: Mapping[int, int], upwards: bool, may_withhold: bool
    ) -> list[tuple[int, int]] | None:
        """The cheapest way to close the circle through an arc: (place, +1 or -1) for each step.

        Dijkstra; a withheld arc costs nothing, and a zero is never withheld.
        """
        arc = self.arcs[place]
        start, goal = (arc.head, arc.tail) if upwards else (arc.tail, arc.head)
        best: dict[Label, int] = {start: 0}
        came: dict[Label, tuple[int, int, Label]] = {}
        queue: list[tuple[int, int, Label]] = [(0, 0, start)]
        serial = 0
        while queue:
            cost, _, node = heapq.heappop(queue)
            if node == goal:
                return self._walked(came, start, goal)
            if cost > best[node]:
                continue
            steps = [(step, 1, self.arcs[step].head) for step in self.leaving.get(node, ())]
            steps += [(step, -1, self.arcs[step].tail) for step in self.entering.get(node, ())]
            for step, sign, following in steps:
                if step == place or (sign < 0 and self._slack(step, moved) < 1):
                    continue
                if step not in withheld and not (may_withhold and self.arcs[step].value):
                    continue
                price = cost + (0 if step in withheld else self.arcs[step].cost)
                if price < best.get(following, price + 1):
                    best[following] = price
                    came[following] = (step, sign, node)
                    serial += 1
                    heapq.heappush(queue, (price, serial, following))
        return None

    @staticmethod
    def _walked(
        came: Mapping[Label, tuple[int, int, Label]], start: Label, goal: Label
    ) -> list[tuple[int, int]]:
        steps = []
        node = goal
        while node != start:
            step, sign, node = came[node]
            steps.append((step, sign))
        return steps
