"""In worlds whose truth is known, the marts' intervals hold it as often as they say; naive ones do not."""

from __future__ import annotations

import pytest
from coverage_worlds import Coverage, all_coverage

WORLDS = 200
# Three standard errors of a share of 95 % over so many worlds.
MARGIN = 3 * (0.95 * 0.05 / WORLDS) ** 0.5


@pytest.fixture(scope="module")
def rows() -> dict[str, Coverage]:
    return {row.measure: row for row in all_coverage(WORLDS, seed=11)}


@pytest.mark.parametrize(
    "measure",
    [
        "turnaround p95, hours",
        "attainment of 24 h",
        "appeal rate",
        "overturn rate",
        "recidivism within 30 days",
        "prevalence",
    ],
)
def test_intervals_hold_the_truth_at_their_nominal_rate_and_naive_ones_do_not(rows, measure):
    row = rows[measure]
    assert row.covered >= 0.95 - MARGIN, row
    assert row.mean == pytest.approx(row.truth, rel=0.05)
    assert row.naive_covered < row.covered - 0.02, row
    assert abs(row.naive_mean - row.truth) > 2 * abs(row.mean - row.truth), row
