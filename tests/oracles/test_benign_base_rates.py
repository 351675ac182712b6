"""Naive rules on real clients: the shipped seed beside published figures, and beside the clients."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from model_sql import model_sql

from scaup import warehouse

HERE = Path(__file__).parent
CLIENTS = HERE / "data" / "servegen" / "clients.csv"
# Counted by others on the same traces, apart from this project.
PUBLISHED = {
    "hour_entropy_over_0.98": (0.152, 0.630),
    "hour_entropy_over_0.95": (0.223, None),
    "day_over_10_times_the_day_before": (0.268, None),
    "one_input_length_over_0.2": (0.226, None),
    "output_length_cv_under_0.2": (0.079, None),
    "any_rule": (0.9089, None),
    "two_rules": (0.4911, 0.68),
    "three_rules": (0.13, None),
}


@pytest.fixture(scope="module")
def rates(project: Path) -> dict[tuple[str, str], dict[str, str]]:
    with (project / "seeds" / "benign_base_rates.csv").open(encoding="utf-8", newline="") as rows:
        return {(row["rule"], row["workload"]): row for row in csv.DictReader(rows)}


@pytest.mark.parametrize("rule", PUBLISHED)
def test_the_seed_says_what_was_published(rates, rule: str):
    hit_share, request_share = PUBLISHED[rule]
    row = rates[rule, "all"]
    assert float(row["hit_share"]) == pytest.approx(hit_share, abs=0.0021)
    if request_share:
        assert float(row["request_share"]) == pytest.approx(request_share, abs=0.0021)


def test_bursts_lie_where_they_were_published_and_reasoning_is_long(rates):
    bursty = [
        float(row["hit_share"])
        for (rule, workload), row in rates.items()
        if rule == "median_gap_cv_over_1" and workload != "all"
    ]
    assert (min(bursty), max(bursty)) == pytest.approx((0.57, 0.92), abs=0.005)
    # A reasoning model answers at length; the others seldom do.
    share = {
        name: float(row["hit_share"]) for (rule, name), row in rates.items() if rule == "output_over_input"
    }
    assert share["deepseek-r1"] == pytest.approx(0.57, abs=0.005)
    chat = [share[name] for name in ("m-small", "m-mid", "m-large")]
    assert (min(chat), max(chat)) == pytest.approx((0.01, 0.05), abs=0.005)


def test_the_seed_counts_the_clients_that_are_kept_here(rates):
    with warehouse.connect() as connection:
        counted = connection.execute(
            "select workload, count(*) filter (requests > 1000), "
            "count(*) filter (requests > 1000 and hour_entropy > 0.98), "
            "count(*) filter (median_gap_cv > 1) from read_csv(?) group by workload",
            [str(CLIENTS)],
        ).fetchall()
    for workload, clients, flat, bursty in counted:
        row = rates["hour_entropy_over_0.98", workload]
        assert (int(row["client_count"]), int(row["hit_count"])) == (clients, flat)
        assert int(rates["median_gap_cv_over_1", workload]["hit_count"]) == bursty


def test_volume_time_and_tokens_alone_hit_no_signal():
    # What is known of these clients is when and how much. Signals that read traffic ask for more than that.
    with warehouse.connect() as connection:
        connection.execute(
            """
            create table int_requests as
            select
                workload || client_id || '-' || number as request_id,
                workload || client_id as account_id, 'api' as surface,
                date '2026-05-04' + (number % 7)::integer as activity_date,
                timestamptz '2026-05-04 00:00:00+00' + to_minutes(number * 3) as occurred_at,
                null::varchar as task_label, null::varchar as language, null::varchar as template_hash,
                null::varchar as slot_hash, coalesce(input_mean, 500)::bigint as input_tokens,
                coalesce(output_mean, 500)::bigint as output_tokens,
                coalesce(output_mean, 500)::bigint as max_tokens
            from read_csv(?), range(60) as numbers(number)
            """,
            [str(CLIENTS)],
        )
        connection.execute("create table int_templates (template_hash varchar)")
        connection.execute(
            "create table int_verified_memberships "
            "(account_id varchar, from_at timestamptz, to_at timestamptz)"
        )
        for path in (
            "intermediate/int_request_bins",
            "marts/features/feat_account_weeks",
            "marts/features/feat_account_drift",
        ):
            connection.execute(f"create table {path.rpartition('/')[2]} as {model_sql(path)}")
        assert connection.execute("select count(*) >= 421 from feat_account_weeks").fetchall() == [(True,)]
        for name in ("sig_reasoning_harvest", "sig_capability_sweep", "sig_drift_from_peers"):
            hits = connection.execute(model_sql(f"marts/signals/{name}")).fetchall()
            assert hits == [], name
