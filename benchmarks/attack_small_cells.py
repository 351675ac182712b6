"""How many withheld small counts an attacker recovers from random published tables. Must print 0.

    python benchmarks/attack_small_cells.py [TABLES] [SEED]

Tables of up to 7 by 7 with totals, under the threshold of the seed `small_cells`. For every small number the
attacker (scipy's integer programs, tests/small_cells.py) finds the smallest and largest value that fits the
published table; it is recovered when fewer values are left than the mark itself leaves. The same attack on
tables from which only the small numbers were taken is printed beside it: an attacker that finds nothing there
is none.
"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "tests")]

from small_cells import random_counts, recovered, truth  # noqa: E402

from scaup.suppression import Table, suppress  # noqa: E402
from scaup.withholding import read_small_cells  # noqa: E402


def only_small_ones(table: Table, counts: dict) -> Table:  # type: ignore[type-arg]
    """The same table with every number shown that is not small itself."""

    def shown(kind: str, row: object, column: object) -> int | None:
        real = truth(counts, (kind, row, column))
        return None if 0 < real < table.threshold else real

    return replace(
        table,
        cells={pair: shown("cell", *pair) for pair in table.cells},
        row_totals={row: shown("row", row, None) for row in table.row_totals},
        column_totals={column: shown("column", None, column) for column in table.column_totals},
        total=shown("total", None, None),
    )


def main(tables: int, seed: int) -> None:
    chance = random.Random(seed)
    rules = read_small_cells(Path(__file__).parent.parent, datetime.now(UTC).date())
    threshold = rules.threshold_of("account_count")
    assert threshold is not None
    small = withheld = numbers = broken = naive_small = naive_broken = 0
    started = perf_counter()
    for number in range(tables):
        counts = random_counts(chance)
        table = suppress(counts, threshold)
        small += table.primary
        withheld += table.complementary
        numbers += len(table.cells)
        broken += len(recovered(counts, table))
        if number % 20 == 0:
            naive_small += table.primary
            naive_broken += len(recovered(counts, only_small_ones(table, counts)))
    print(
        f"{tables:,} tables, {numbers:,} cells; withheld: {small:,} small numbers, {withheld:,} others\n"
        f"recovered: {broken} of {small:,}\n"
        f"with only the small numbers withheld, in every 20th table: {naive_broken} of {naive_small:,}\n"
        f"{perf_counter() - started:.0f} s"
    )
    print(json.dumps({"tables": tables, "small_numbers": small, "recovered": broken}))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    main(*[*arguments, *(5000, 7)[len(arguments) :]])
