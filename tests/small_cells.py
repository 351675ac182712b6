"""Random tables of counts, and an attacker who tries to work out the withheld ones.

The attacker shares nothing with `scaup.suppression`: linear equations of the published table, solved by
scipy's HiGHS as integer programs, the smallest and the largest value that each withheld number can have.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Hashable, Iterator

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from scaup.suppression import Table

Cell = tuple[str, Hashable, Hashable]


def random_counts(chance: random.Random) -> dict[tuple[Hashable, Hashable], int]:
    """A table as they occur: up to 7 by 7, skewed, with zeros, small cells, whole small rows."""
    rows, columns = chance.randint(1, 7), chance.randint(1, 7)
    spread = [chance.choice((0.3, 3, 12, 40, 300)) for _ in range(rows)]
    tilt = [chance.choice((0.2, 1, 1, 4)) for _ in range(columns)]
    return {
        (f"r{row}", f"c{column}"): 0
        if chance.random() < 0.15
        else int(chance.expovariate(1 / (spread[row] * tilt[column])))
        for row in range(rows)
        for column in range(columns)
    }


def published(table: Table) -> dict[Cell, int | None]:
    """Every number of a table that stands in it, None where it is withheld."""
    return {
        **{("cell", *pair): value for pair, value in table.cells.items()},
        **{("row", row, None): value for row, value in table.row_totals.items()},
        **{("column", None, column): value for column, value in table.column_totals.items()},
        ("total", None, None): table.total,
    }


def equations(table: Table) -> Iterator[tuple[list[Cell], Cell]]:
    """(parts, whole): what adds up to what, as anybody can see from the layout."""
    if table.row_totals:
        for row in table.rows:
            yield [("cell", row, column) for column in table.columns], ("row", row, None)
        for column in table.columns:
            yield [("cell", row, column) for row in table.rows], ("column", None, column)
        yield [("row", row, None) for row in table.rows], ("total", None, None)
        yield [("column", None, column) for column in table.columns], ("total", None, None)
    else:
        yield [("cell", *pair) for pair in table.cells], ("total", None, None)


def attack(table: Table, wanted: Collection[Cell] | None = None) -> dict[Cell, tuple[int, int]]:
    """For each withheld number (or those `wanted`) the smallest and the largest whole value that fits all
    that is published."""
    numbers = published(table)
    unknown = [cell for cell, value in numbers.items() if value is None]
    place = {cell: index for index, cell in enumerate(unknown)}
    sums = list(equations(table))
    matrix = lil_matrix((len(sums), max(1, len(unknown))))
    right = np.zeros(len(sums))
    for line, (parts, whole) in enumerate(sums):
        for cell, sign in [*((part, 1) for part in parts), (whole, -1)]:
            value = numbers[cell]
            if value is None:
                matrix[line, place[cell]] += sign
            else:
                right[line] -= sign * value
    most = 10_000_000
    found = {}
    for cell in unknown if wanted is None else wanted:
        aim = np.zeros(len(unknown))
        aim[place[cell]] = 1
        ends = []
        for sign in (1, -1):
            solved = milp(
                sign * aim,
                constraints=LinearConstraint(matrix.tocsr(), right, right),
                integrality=np.ones(len(unknown)),
                bounds=Bounds(1, most),  # a zero is published, so what is withheld is at least one
            )
            assert solved.success, solved.message
            ends.append(round(sign * solved.fun))
        found[cell] = (ends[0], ends[1])
    return found


def truth(counts: dict[tuple[Hashable, Hashable], int], cell: Cell) -> int:
    """The number that stands behind a cell of the published table."""
    kind, row, column = cell
    return sum(
        count
        for (one, other), count in counts.items()
        if kind == "total"
        or (kind == "row" and one == row)
        or (kind == "column" and other == column)
        or (kind == "cell" and (one, other) == (row, column))
    )


def recovered(counts: dict[tuple[Hashable, Hashable], int], table: Table) -> list[tuple[Cell, int, int]]:
    """The small numbers that the attacker knows better than the mark itself tells: fewer than
    `threshold - 1` values are left of them."""
    small = [
        cell
        for cell, value in published(table).items()
        if value is None and truth(counts, cell) < table.threshold
    ]
    return [
        (cell, low, high)
        for cell, (low, high) in attack(table, small).items()
        if high - low < table.threshold - 2
    ]
