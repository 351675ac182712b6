"""Business days and minutes against pandas' US federal calendar, ten years, and clock changes by hand."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest
from model_sql import macros, model_sql
from pandas.tseries.holiday import USFederalHolidayCalendar
from pandas.tseries.offsets import CustomBusinessDay

from scaup import warehouse

FIRST, LAST = "2018-01-01", "2028-12-31"


@pytest.fixture(scope="module")
def calendar(project) -> duckdb.DuckDBPyConnection:
    connection = warehouse.connect(threads=1)
    for seed in ("federal_holidays", "business_hours"):
        path = str(project / "seeds" / f"{seed}.csv")
        connection.execute(f"create table {seed} as from read_csv($path, header = true)", {"path": path})
    connection.execute("alter table business_hours alter valid_to type date")
    connection.execute(f"create table int_business_days as {model_sql('intermediate/int_business_days')}")
    return connection


def test_every_day_of_ten_years_is_a_business_day_where_pandas_says_so(calendar):
    found = calendar.execute(
        "select day from int_business_days where calendar_id = 'us_federal' and is_business_day "
        "and day >= $first::date and day <= $last::date order by day",
        {"first": FIRST, "last": LAST},
    ).fetchall()
    expected = pd.date_range(FIRST, LAST, freq=CustomBusinessDay(calendar=USFederalHolidayCalendar()))
    assert [day for (day,) in found] == [moment.date() for moment in expected]


@pytest.mark.parametrize("count", [1, 2, 10, 14])
def test_so_many_business_days_after_every_day_of_ten_years_is_pandas_answer(calendar, count):
    after = macros()["business_days_after"]("day", count, "us_federal", "int_business_days")
    found = calendar.execute(
        f"select day, {after} "  # noqa: S608
        "from (select unnest(range($first::date, $last::date, interval 1 day))::date as day) order by day",
        {"first": FIRST, "last": LAST},
    ).fetchall()
    step = CustomBusinessDay(n=count, calendar=USFederalHolidayCalendar())
    expected = [(pd.Timestamp(day) + step).date() for day, _ in found]
    assert len(found) > 4000
    assert [then for _, then in found] == expected


def _minutes(calendar, cases, calendar_id="us_federal"):
    sql = macros()["business_minutes"]("since", "until", calendar_id, "int_business_days")
    return [
        minutes
        for (minutes,) in calendar.execute(
            f"select {sql} from (select unnest($since::timestamptz[]) as since, "  # noqa: S608
            "unnest($until::timestamptz[]) as until, unnest($place::bigint[]) as place) order by place",
            {
                "since": [since for since, _ in cases],
                "until": [until for _, until in cases],
                "place": list(range(len(cases))),
            },
        ).fetchall()
    ]


def test_business_minutes_count_open_hours_only(calendar):
    assert _minutes(
        calendar,
        [
            ("2026-03-02 14:00:00+00", "2026-03-02 22:00:00+00"),  # Monday 9:00 to 17:00 in New York
            ("2026-03-02 13:59:00+00", "2026-03-02 14:01:00+00"),  # opens in between
            ("2026-03-02 21:59:00+00", "2026-03-02 22:01:00+00"),  # closes in between
            ("2026-03-06 21:00:00+00", "2026-03-09 14:00:00+00"),  # Friday 16:00 to Monday 10:00, summer time
            ("2026-07-03 12:00:00+00", "2026-07-03 20:00:00+00"),  # the Fourth is observed on Friday
            ("2026-03-02 15:00:00+00", "2026-03-02 15:00:00+00"),  # nothing between
            ("2026-03-03 15:00:00+00", "2026-03-02 15:00:00+00"),  # the wrong way round
            (None, "2026-03-02 15:00:00+00"),
        ],
    ) == [480, 1, 1, 120, 0, 0, 0, None]


def test_opening_hours_follow_the_clock_over_its_changes(calendar):
    # 8 March 2026: clocks go forward; 1 November: back. Nine in New York is 14:00, 13:00, 14:00 UTC.
    assert _minutes(
        calendar,
        [
            ("2026-03-06 13:00:00+00", "2026-03-06 14:30:00+00"),
            ("2026-03-09 13:00:00+00", "2026-03-09 14:30:00+00"),
            ("2026-10-30 13:00:00+00", "2026-10-30 14:30:00+00"),
            ("2026-11-02 13:00:00+00", "2026-11-02 14:30:00+00"),
        ],
    ) == [30, 90, 90, 30]


def test_whole_days_count_from_local_midnight_to_local_midnight(calendar):
    # Friday to Tuesday over both changes: two whole business days, 48 hours, whatever the Sunday had.
    assert _minutes(
        calendar,
        [
            ("2026-03-06 05:00:00+00", "2026-03-10 04:00:00+00"),
            ("2026-10-30 04:00:00+00", "2026-11-03 05:00:00+00"),
        ],
        "us_federal_days",
    ) == [2880, 2880]
