"""A vendor computes its own score again, from the rows that it is given, with numpy alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from model_sql import model_sql, question_sql

from scaup import warehouse

LABELS = ["violating", "benign", "borderline"]


@pytest.fixture(scope="module")
def connection():
    draw = np.random.default_rng(2)
    n = 900
    first, check = draw.choice(LABELS, n), draw.choice(LABELS, n)
    truth = np.where(draw.random(n) < 0.75, first, check)
    settled = draw.random(n) < 0.95
    frame = pd.DataFrame(
        {
            "task_id": [f"t{i}" for i in range(n)],
            "queue_id": "q",
            "severity": draw.choice(["S0", "S1", "S2"], n),
            "reviewer_id": draw.choice(["r1", "r2", "r3"], n),
            "vendor_id": draw.choice(["v1", "v2", None], n),
            "decided_at": pd.Timestamp("2026-03-01", tz="UTC")
            + pd.to_timedelta(draw.integers(0, 60, n), "D"),
            "first_label": first,
            "check_label": check,
            "true_label": np.where(settled, truth, None),
            "is_settled": settled,
            "inclusion_prob": draw.choice([0.08, 0.25, 1.0], n),
        }
    )
    made = warehouse.connect(threads=1)
    made.register("frame", frame)
    made.execute(
        """
        create table double_reviews as
        select *,
            first_label <> true_label as is_error,
            first_label = 'violating' and true_label <> 'violating' as is_over_enforced,
            first_label <> 'violating' and true_label = 'violating' as is_under_enforced,
            first_label <> 'violating' and true_label = 'violating' and severity in ('S0', 'S1')
                as is_critical_error
        from frame;
        create table sla_attainment as
        select date '2026-03-01' as due_month, 'v1' as vendor_id, 90 as met_without_pauses_count,
            100 as due_count
        union all select date '2026-03-01', 'v2', 40, 100 union all select date '2026-03-01', 'v3', 41, 100;
        create table reviewer_days as
        select 'r1' as reviewer_id, date '2026-03-02' as day, 'v1' as vendor_id, 400 as worked_minutes,
            450 as scheduled_minutes
        limit 0;
        """
    )
    made.execute(f"create table vendor_scorecard as {model_sql('marts/operations/vendor_scorecard')}")
    return made


@pytest.mark.parametrize("vendor", ["v1", "v2", "staff"])
def test_the_vendors_own_sum_is_the_score(connection, vendor):
    given = connection.execute(
        question_sql("vendor_checked_tasks"),
        {"vendor_id": vendor, "since": "2026-01-01", "until": "2026-12-31", "limit": 100000},
    ).df()
    settled = given[given["is_settled"]]
    violating = (settled["true_label"] == "violating").to_numpy()
    cohorts = {
        "error": (settled, "is_error"),
        "over_enforcement": (settled[~violating], "is_over_enforced"),
        "under_enforcement": (settled[violating], "is_under_enforced"),
        "critical_error": (
            settled[violating & settled["severity"].isin(["S0", "S1"]).to_numpy()],
            "is_critical_error",
        ),
    }
    scored = dict(
        connection.execute(
            "select measure, estimate from vendor_scorecard where vendor_id = ? and period = 'all'", [vendor]
        ).fetchall()
    )
    for measure, (rows, column) in cohorts.items():
        weights = 1 / rows["inclusion_prob"].to_numpy()
        own = np.average(rows[column].astype(float), weights=weights)
        assert scored[measure] == pytest.approx(own, abs=1e-9), measure


def test_a_place_is_given_only_where_intervals_separate(connection):
    places = dict(
        connection.execute(
            "select vendor_id, place from vendor_scorecard "
            "where measure = 'sla_attainment' and period = 'all'"
        ).fetchall()
    )
    assert places == {"v1": 1, "v2": None, "v3": None}


def test_there_is_no_blended_score(connection):
    measures = {
        measure
        for (measure,) in connection.execute("select distinct measure from vendor_scorecard").fetchall()
    }
    assert measures == {
        "error", "over_enforcement", "under_enforcement", "critical_error", "kappa", "sla_attainment"
    }  # fmt: skip
