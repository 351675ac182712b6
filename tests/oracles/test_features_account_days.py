"""Account-days from made traffic against an independent computation in plain Python, numpy and scipy."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import duckdb
import numpy as np
import pyarrow
import pytest
from model_sql import macros, model_sql
from scipy.stats import entropy

from scaup import warehouse
from scaup.contract import read_contract

MODELS = (
    "intermediate/int_requests",
    "intermediate/int_templates",
    "marts/features/feat_account_hours",
    "marts/features/feat_account_days",
)
START = datetime(2026, 2, 20, tzinfo=UTC)
DISTINCT = {
    "conversation_count": "conversation_id",
    "template_count": "template_hash",
    "task_label_count": "task_label",
    "ip_count": "ip_hmac",
    "ip_prefix_count": "ip_prefix_hmac",
    "country_count": "country",
    "device_count": "device_id",
    "model_count": "model_version",
    "system_count": "system_hash",
    "slot_count": "slot_hash",
    "target_count": "target_hmac",
}

Row = dict[str, object]


def made_requests(number: int, seed: int) -> list[Row]:
    """Requests of 25 accounts over 90 days: some all day, some at night, some only now and then."""
    random = np.random.default_rng(seed)
    rows: list[Row] = []
    for position in range(number):
        account = int(random.integers(0, 26))
        day = int(random.choice([0, 1, 6, 7, 27, 28, 55, 56])) if account % 3 else int(random.integers(0, 90))
        hour = float(random.uniform(0, 24)) if account % 2 else float(random.normal(23.9, 0.3)) % 24
        occurred_at = START + timedelta(days=day, microseconds=int(hour * 3_600_000_000))
        rows.append(
            {
                "request_id": f"r{position:06}",
                "account_id": f"a{account:02}" if account < 25 else None,
                "occurred_at": occurred_at,
                "surface": str(random.choice(["chat", "api", "mcp"])),
                "model_version": str(random.choice(["m1", "m2", "m3"])),
                "input_tokens": int(random.integers(0, 5_000)),
                "output_tokens": int(random.integers(0, 5_000)),
                "max_tokens": int(random.choice([1024, 4096])) if random.random() < 0.7 else None,
                "tool_calls": int(random.integers(0, 3)),
                "status": int(random.choice([200, 200, 200, 400, 429, 500])),
                "refused": bool(random.random() < 0.2),
                "recorded_at": occurred_at + timedelta(days=int(random.integers(0, 5))),
                "task_label": [None, "code", "reasoning_trace", "rubric_grading"][int(random.integers(0, 4))],
                **{
                    column: f"{column}{random.integers(0, 6)}" if random.random() < 0.8 else None
                    for column in sorted(set(DISTINCT.values()) - {"task_label", "model_version"})
                },
            }
        )
    return rows


def built(rows: Iterable[Row], threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A database in which the models stand on these requests, each as a table of its own name."""
    connection = warehouse.connect(threads=threads)
    for name in ("requests", "accounts", "model_releases"):
        columns = read_contract().table(name).columns
        typed = ", ".join(f'"{column.name}" {column.type}' for column in columns)
        connection.execute(f"create table stg_{name} ({typed})")
    connection.execute(
        "create table int_verified_memberships (account_id varchar, from_at timestamptz, to_at timestamptz)"
    )
    connection.execute(
        "insert into stg_model_releases by name select 'm1' as model_version, $1 as released_at", [START]
    )
    connection.register("made", pyarrow.Table.from_pylist(list(rows)))
    connection.execute("insert into stg_requests by name from made")
    for path in MODELS:
        connection.execute(f"create table {path.split('/')[-1]} as {model_sql(path)}")
    return connection


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    rows = made_requests(3_000, seed=11)
    # One busy day, so that there are enough gaps for their memory.
    busy = [row | {"request_id": f"busy{n}", "account_id": "a01"} for n, row in enumerate(rows[:400])]
    return rows + [row | {"occurred_at": row["occurred_at"].replace(month=3, day=1)} for row in busy]


@pytest.fixture(scope="module")
def by_day(rows: list[Row]) -> dict[tuple[str, date], list[Row]]:
    """The requests of each account and day, in order of time."""
    found: dict[tuple[str, date], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["occurred_at"], row["request_id"])):
        if row["account_id"]:
            found[row["account_id"], row["occurred_at"].date()].append(row)
    return found


@pytest.fixture(scope="module")
def account_days(rows: list[Row]) -> dict[tuple[str, date], Row]:
    """What the model says of each account and day."""
    relation = built(rows).sql("from feat_account_days")
    days = [dict(zip(relation.columns, values, strict=True)) for values in relation.fetchall()]
    return {(day["account_id"], day["activity_date"]): day for day in days}


def test_every_account_day_with_a_request_has_one_row(account_days, by_day):
    assert account_days.keys() == by_day.keys()


def test_distinct_counts_equal_the_sizes_of_sets(account_days, by_day):
    for key, requests in by_day.items():
        for name, column in DISTINCT.items():
            assert account_days[key][name] == len({row[column] for row in requests} - {None}), (key, name)


def test_sums_and_shares_equal_plain_counting(account_days, by_day):
    for key, requests in by_day.items():
        day, number = account_days[key], len(requests)
        assert day["request_count"] == number
        assert day["output_tokens"] == sum(row["output_tokens"] for row in requests)
        assert day["error_count"] == sum(row["status"] >= 400 for row in requests)
        assert day["rate_limited_count"] == sum(row["status"] == 429 for row in requests)
        assert day["refused_share"] == pytest.approx(np.mean([row["refused"] for row in requests]))
        assert day["api_share"] == pytest.approx(np.mean([row["surface"] == "api" for row in requests]))
        limited = [row for row in requests if row["max_tokens"]]
        capped = [row["output_tokens"] * 100 >= 95 * row["max_tokens"] for row in limited]
        assert day["capped_output_share"] == (pytest.approx(np.mean(capped)) if capped else None)
        known = [row for row in requests if row["model_version"] == "m1"]
        assert day["newest_model_share"] == (1 if known else None)


def test_hour_entropy_equals_scipy(account_days, by_day):
    for key, requests in by_day.items():
        hours = Counter(row["occurred_at"].hour for row in requests)
        assert account_days[key]["hour_entropy"] == pytest.approx(
            entropy(list(hours.values()), base=24), abs=1e-9
        )
        assert account_days[key]["active_hour_count"] == len(hours)


def test_gap_statistics_equal_numpy(account_days, by_day):
    for key, requests in by_day.items():
        moments = [row["occurred_at"] for row in requests]
        gaps = np.array(
            [(later - earlier) / timedelta(microseconds=1) for earlier, later in pairwise(moments)]
        )
        day = account_days[key]
        assert day["gap_count"] == len(gaps)
        if len(gaps) == 0:
            assert day["gap_mean_seconds"] is None and day["gap_cv"] is None
            continue
        assert day["gap_mean_seconds"] == pytest.approx(gaps.mean() / 1e6)
        assert day["gap_cv"] == pytest.approx(gaps.std() / gaps.mean(), rel=1e-9, abs=1e-9)
        assert day["gap_burstiness"] == (pytest.approx(kim_jo(gaps), abs=1e-9) if len(gaps) >= 20 else None)
        memory = np.corrcoef(gaps[:-1], gaps[1:])[0, 1] if len(gaps) > 50 else None
        assert day["gap_memory"] == (None if memory is None else pytest.approx(memory, abs=1e-9))
    assert any(day["gap_memory"] is not None for day in account_days.values())


def kim_jo(gaps: np.ndarray) -> float:
    """Burstiness where 0 is what gaps between points dropped at random on a line give, by interpolation.

    Kim and Jo derive their form from three points: a clock gives -1, points at random (whose expected
    squared coefficient of variation is (n - 1) / (n + 1)) give 0, one gap with all the time gives 1. A
    fraction of two lines through these is unique, and found here by solving for it.
    """
    n, r = len(gaps), gaps.std() / gaps.mean()
    chance, most = np.sqrt((n - 1) / (n + 1)), np.sqrt(n - 1)
    # (a r + b) / (c r + 1) with b = -1: a chance = 1, and (a most - 1) / (c most + 1) = 1.
    a = 1 / chance
    c = (a * most - 2) / most
    return float((a * r - 1) / (c * r + 1))


def test_burstiness_of_chance_is_nothing_where_the_plain_form_calls_it_regular():
    random = np.random.default_rng(5)
    gaps = random.dirichlet(np.ones(20), size=4_000)
    cv = gaps.std(axis=1) / gaps.mean(axis=1)
    connection = warehouse.connect()
    (corrected,) = connection.execute(
        f"select avg({macros()['burstiness']('cv', '20')}) from (select unnest($1::double[]) as cv)",  # noqa: S608
        [cv.tolist()],
    ).fetchone()
    # The plain form's bias at 20 gaps is about -0.05 (simulated); the correction takes over half of it.
    assert np.mean((cv - 1) / (cv + 1)) == pytest.approx(-0.045, abs=0.01)
    assert abs(corrected) < 0.02


def test_template_shares_equal_counting(account_days, by_day):
    for key, requests in by_day.items():
        uses = Counter(row["template_hash"] for row in requests if row["template_hash"])
        day = account_days[key]
        if not uses:
            assert day["top_template_hash"] is None and day["top_template_share"] is None
            continue
        assert day["top_template_hash"] == max(uses, key=lambda template: (uses[template], template))
        assert day["top_template_share"] == pytest.approx(max(uses.values()) / uses.total())
        repeated = sum(number for number in uses.values() if number > 1)
        assert day["repeated_template_share"] == pytest.approx(repeated / uses.total())


def test_trailing_windows_equal_sums_over_calendar_days(account_days, by_day):
    for (account, day), row in account_days.items():

        def within(first: int, last: int, account: str = account, day: date = day) -> list[list[Row]]:
            """The account's requests, by day, from `first` to `last` days back, both inside."""
            back = [day - timedelta(days=days) for days in range(last, first + 1)]
            return [by_day[account, one] for one in back if (account, one) in by_day]

        for days in (7, 28):
            window = within(days - 1, 0)
            requests = [request for one in window for request in one]
            assert row[f"active_days_{days}d"] == len(window)
            assert row[f"request_count_{days}d"] == len(requests)
            assert row[f"input_tokens_{days}d"] == sum(request["input_tokens"] for request in requests)
            refused = np.mean([request["refused"] for request in requests])
            assert row[f"refused_share_{days}d"] == pytest.approx(refused)
        assert row["request_count_previous_28d"] == sum(len(one) for one in within(55, 28))


def test_results_do_not_depend_on_the_number_of_threads():
    rows = made_requests(8_000, seed=12)
    answers = [
        built(order, threads).sql("from feat_account_days order by account_id, activity_date").fetchall()
        for order, threads in ((rows, 1), (rows[::-1], 2))
    ]
    assert answers[0] == answers[1]
