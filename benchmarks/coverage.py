"""How often the marts' 95 % intervals hold the truth, over worlds whose truth is known.

    python benchmarks/coverage.py [worlds] [seed]      # 1,000 worlds take a minute of one core

Every world goes through the marts' own SQL. Beside each stands the figure that is often published instead.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "tests" / "oracles")]

from coverage_worlds import all_coverage  # noqa: E402


def main(worlds: int = 1000, seed: int = 7) -> None:
    print(f"{worlds} worlds of each kind, seed {seed}; nominal coverage 95 %\n")
    print(
        f"{'measure':27} {'truth':>8} {'mean':>8} {'covered':>8}   {'instead':32} {'mean':>8} {'covered':>8}"
    )
    for row in all_coverage(worlds, seed):
        print(
            f"{row.measure:27} {row.truth:8.4g} {row.mean:8.4g} {row.covered:8.1%}   "
            f"{row.naive:32} {row.naive_mean:8.4g} {row.naive_covered:8.1%}"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
