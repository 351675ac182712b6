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
        "evaluation pass rate",
    ],
)
def test_intervals_hold_the_truth_at_their_nominal_rate_and_naive_ones_do_not(rows, measure):
    row = rows[measure]
    assert row.covered >= 0.95 - MARGIN, row
    assert row.mean == pytest.approx(row.truth, rel=0.05)
    assert row.naive_covered < row.covered - 0.02, row
    # Wordings that go together bias nothing: they make the naive interval too narrow.
    if measure != "evaluation pass rate":
        assert abs(row.naive_mean - row.truth) > 2 * abs(row.mean - row.truth), row


def test_a_paired_change_holds_the_truth_and_a_regression_is_found_as_often_as_its_power_says(rows):
    change, found = rows["change against a baseline"], rows["a loss of two points found"]
    assert change.covered >= 0.95 - MARGIN, change
    assert found.covered == pytest.approx(found.truth, abs=3 * (0.25 / WORLDS) ** 0.5)
    assert found.covered > found.naive_covered, "the same items on both sides are what finds it"
