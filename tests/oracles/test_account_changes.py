"""Change points against scipy's median absolute deviation and Page's own recursion, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from model_sql import model_sql
from scipy.stats import median_abs_deviation

from scaup import warehouse

START = date(2026, 1, 1)


def made_counts(seed: int) -> np.ndarray:
    """90 days with days off, a level that rises in the middle, and single bursts."""
    random = np.random.default_rng(seed)
    level = np.where(np.arange(90) < 50, 6, 6 + 3 * (seed % 4))
    counts = random.poisson(level) * (random.random(90) < 0.8)
    counts[random.integers(0, 90, 2)] += 80
    counts[0] = counts[89] = 1
    return counts


def changes_of(counts: np.ndarray) -> dict[date, tuple[float, float]]:
    """Robust z and cumulative sum of each day with two weeks before it: S = max(0, S + min(z, 4) - 1/2)."""
    found, cusum = {}, 0.0
    for day in range(14, len(counts)):
        before = counts[max(day - 28, 0) : day]
        scale = max(median_abs_deviation(before, scale=0.6745), 1)
        z = (counts[day] - np.median(before)) / scale
        cusum = max(0.0, cusum + min(z, 4) - 0.5)
        found[START + timedelta(days=day)] = (z, cusum)
    return found


def test_robust_z_and_cumulative_sums_equal_scipy_and_the_recursion() -> None:
    made = {f"a{seed:02}": made_counts(seed) for seed in range(20)}
    connection = warehouse.connect()
    connection.execute(
        "create table feat_account_days (account_id varchar, activity_date date, request_count bigint)"
    )
    rows = [
        (account, START + timedelta(days=day), int(count))
        for account, counts in made.items()
        for day, count in enumerate(counts)
        if count
    ]
    connection.executemany("insert into feat_account_days values (?, ?, ?)", rows)
    answer = connection.sql(model_sql("marts/features/feat_account_changes"))
    found = answer.project("account_id, activity_date, robust_z, upward_cusum").fetchall()
    expected = {
        (account, day): values
        for account, counts in made.items()
        for day, values in changes_of(counts).items()
    }
    assert {(account, day) for account, day, _, _ in found} == expected.keys()
    for account, day, z, cusum in found:
        # The model keeps six places of z, so that sums do not depend on their order.
        assert (z, cusum) == pytest.approx(expected[account, day], abs=1e-4)
    # Whoever rose stands higher in the end than whoever did not.
    last = {account: cusum for account, day, _, cusum in found if day == START + timedelta(days=60)}
    assert min(last[f"a{seed:02}"] for seed in range(3, 20, 4)) > max(
        last[f"a{seed:02}"] for seed in range(0, 20, 4)
    )
