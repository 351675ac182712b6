"""How late a table is, and how late it usually is, computed again with the standard library alone."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest
from model_sql import model_sql, question_sql

from scaup import warehouse

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = BEGINS + timedelta(days=130, hours=9)


def hours_of(draw: random.Random, usual_gap: float, outage: int) -> list[datetime]:
    """Whole hours with gaps drawn at random, and none on the last days."""
    found, moment = set(), BEGINS
    while moment < AS_OF - timedelta(days=outage):
        found.add(moment.replace(minute=0, second=0, microsecond=0))
        moment += timedelta(hours=draw.expovariate(1 / usual_gap) + 0.1)
    return sorted(found)


FEEDS = {
    f"{gap}-{outage}": hours_of(random.Random(1000 * gap + outage), gap, outage)
    for gap in (1, 7, 40, 200)
    for outage in (0, 2, 30)
}


@pytest.fixture(scope="module")
def told():
    with warehouse.connect(threads=1) as connection:
        connection.execute("create table int_snapshot_clock as select ?::timestamptz as as_of", [AS_OF])
        connection.execute(
            "create table int_input_coverage (table_name varchar, recorded_hours timestamptz[])"
        )
        connection.executemany(
            "insert into int_input_coverage values (?, ?)", [*FEEDS.items(), ("none", None)]
        )
        connection.execute(f"create table freshness_days as {model_sql('marts/operations/freshness_days')}")
        columns = "hours_behind, weekday_count, expected_hours, deviation_count, scatter, is_unusual"
        rows = connection.table("freshness_days").project(f"table_name, day, {columns}").fetchall()
        asked = {"table_name": "1-30", "since": date(2026, 4, 10), "until": date(2026, 4, 13), "limit": 9}
        late = connection.execute(
            question_sql("freshness_by_day"), {**asked, "only_unusual": True}
        ).fetchall()
    return rows, late


def again(hours: list[datetime]) -> list[tuple[object, ...]]:
    """The days of one feed, from the definition in the yml."""
    behind: dict[date, float] = {}
    day = hours[0].date()
    while day < AS_OF.date():
        end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        behind[day] = (end - max(hour for hour in hours if hour < end)).total_seconds() / 3600
        day += timedelta(days=1)
    rows: list[tuple[object, ...]] = []
    deviations: list[float | None] = []
    for day, late in behind.items():
        same = [behind[past] for n in range(1, 9) if (past := day - timedelta(weeks=n)) in behind]
        expected = median(same) if len(same) >= 4 else None
        known = [one for one in deviations[-56:] if one is not None]
        scatter = max(1.4826 * median(known), 1.0) if len(known) >= 14 else None
        z = (late - expected) / scatter if expected is not None and scatter is not None else None
        rows.append((day, late, len(same), expected, len(known), scatter, z is not None and z > 8))
        deviations.append(None if expected is None else abs(late - expected))
    return rows


def test_lateness_and_what_is_usual_are_as_computed_from_the_definition(told):
    rows, _ = told
    assert {row[0] for row in rows} == FEEDS.keys()
    for feed, hours in FEEDS.items():
        found = [row[1:] for row in rows if row[0] == feed]
        for ours, theirs in zip(found, again(hours), strict=True):
            assert ours == theirs, feed


def test_a_feed_that_stopped_is_late_and_one_that_comes_at_random_is_not(told):
    rows, late = told
    last = {row[0]: row[-1] for row in rows if row[1] == AS_OF.date() - timedelta(days=1)}
    assert [feed for feed, is_unusual in last.items() if is_unusual] == ["1-2", "1-30", "7-30"]
    assert [row[:2] for row in late] == [("1-30", date(2026, 4, day)) for day in (12, 11)]
