"""`actions`, `appeals` and `appeal_cohorts` against a plain Python reading of random ledgers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_sql import model_sql

from scaup import warehouse

START = datetime(2026, 5, 1, tzinfo=UTC)
AS_OF = START + timedelta(days=60)
# type: (is_terminal, stops_service, is_reversal)
TYPES = {"warn": (False, False, False), "suspend": (True, True, False), "reinstate": (False, False, True)}


@dataclass
class Action:
    """One action of a random ledger; hours count from START."""

    name: str
    account: int
    hours: int
    type: str
    strikes: int
    lasts: int | None
    reverses: str | None = None
    granted_at: int | None = None

    @property
    def at(self) -> datetime:
        return START + timedelta(hours=self.hours)


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[list[Action], list[tuple[int, int, int]]]:
    """Actions with expiries, reversals and granted appeals; and requests (account, hours, status)."""
    actions = [
        Action(
            name=f"a{number}",
            account=draw(st.integers(0, 2)),
            hours=draw(st.integers(0, 400)),
            type=draw(st.sampled_from(["warn", "suspend"])),
            strikes=draw(st.integers(0, 3)),
            lasts=draw(st.none() | st.integers(1, 200)),
            granted_at=draw(st.none() | st.integers(400, 600)),
        )
        for number in range(draw(st.integers(1, 10)))
    ]
    for number, undone in enumerate(draw(st.lists(st.sampled_from(actions), max_size=4))):
        later = undone.hours + draw(st.integers(0, 100))
        actions.append(Action(f"r{number}", undone.account, later, "reinstate", 0, None, undone.name))
    request = st.tuples(st.integers(0, 2), st.integers(0, 700), st.sampled_from([200, 204, 403, 429]))
    return actions, draw(st.lists(request, max_size=40))


def built(actions: list[Action], requests: list[tuple[int, int, int]]) -> duckdb.DuckDBPyConnection:
    """A database with the three models over this ledger."""
    connection = warehouse.connect()
    connection.execute("""
        create table stg_enforcement_actions (
            action_id varchar, occurred_at timestamptz, subject_type varchar, subject_id varchar,
            type varchar, policy_id varchar, policy_version bigint, severity varchar, basis varchar,
            automated_detection boolean, automated_decision varchar, decision_id varchar, case_id varchar,
            strikes bigint, expires_at timestamptz, reverses_action_id varchar, execute_after timestamptz,
            notified_at timestamptz, recorded_at timestamptz
        );
        create table stg_appeals (
            appeal_id varchar, action_id varchar, filed_at timestamptz, decided_at timestamptz,
            reviewer_id varchar, outcome varchar, reinstated_at timestamptz, recorded_at timestamptz
        );
        create table stg_action_effects (
            action_id varchar, surface varchar, applied_at timestamptz, failed_reason varchar
        );
        create table stg_review_decisions (decision_id varchar, reviewer_id varchar);
        create table stg_user_reports (
            subject_type varchar, subject_id varchar, reporter_kind varchar, received_at timestamptz,
            valid boolean
        );
        create table int_requests (account_id varchar, occurred_at timestamptz, status bigint);
        create table int_snapshot_clock (as_of timestamptz);
        create table action_types (
            action_type varchar, is_terminal boolean, stops_service boolean, is_reversal boolean,
            valid_from date, valid_to date
        );
    """)

    def fill(table: str, rows: list[tuple[object, ...]]) -> None:
        if rows:
            connection.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608

    fill("int_snapshot_clock", [(AS_OF,)])
    since = START.date() - timedelta(days=9)
    fill("action_types", [(name, *meaning, since, None) for name, meaning in TYPES.items()])
    fill(
        "stg_enforcement_actions",
        [
            (
                *(a.name, a.at, "account", f"acc{a.account}", a.type, "spam", 1, "S3", "own"),
                *(True, "not", None, None, a.strikes),
                *(a.at + timedelta(hours=a.lasts) if a.lasts else None, a.reverses, None, None, a.at),
            )
            for a in actions
        ],
    )
    fill(
        "stg_appeals",
        [
            (f"p{a.name}", a.name, a.at, START + timedelta(hours=a.granted_at), "r", "overturned", None, a.at)
            for a in actions
            if a.granted_at
        ],
    )
    sent = [(f"acc{who}", START + timedelta(hours=hours), status) for who, hours, status in requests]
    fill("int_requests", sent)
    for model in ("actions", "appeals", "appeal_cohorts"):
        connection.execute(f"create table {model} as {model_sql('marts/enforcement/' + model)}")
    return connection


def reversal(action: Action, actions: list[Action]) -> datetime | None:
    """When an action was first undone: by an action, or by an appeal that was granted."""
    moments = [a.at for a in actions if a.reverses == action.name]
    if action.granted_at:
        moments.append(START + timedelta(hours=action.granted_at))
    return min(moments, default=None)


def end(action: Action, actions: list[Action]) -> datetime:
    """When an action stopped to hold; far in the future while it holds."""
    expiry = action.at + timedelta(hours=action.lasts) if action.lasts else datetime.max.replace(tzinfo=UTC)
    return min(expiry, reversal(action, actions) or expiry)


@settings(max_examples=15, deadline=None)
@given(ledgers())
def test_the_ledger_equals_its_definition(ledger):
    actions, requests = ledger
    connection = built(actions, requests)
    rows = connection.sql("""
        select action_id, reversed_at, strikes_in_force, served_after_count, is_in_force from actions
    """).fetchall()
    assert {row[0] for row in rows} == {action.name for action in actions}
    by_name = {action.name: action for action in actions}
    for name, reversed_at, strikes, served, is_in_force in rows:
        action = by_name[name]
        assert reversed_at == reversal(action, actions)
        assert strikes == sum(
            other.strikes
            for other in actions
            if other.account == action.account
            and (other.at, other.name) <= (action.at, action.name)
            and end(other, actions) > action.at
        )
        assert is_in_force == (action.type != "reinstate" and end(action, actions) > AS_OF)
        if action.type == "suspend":
            assert served == sum(
                200 <= status < 300 and action.at <= START + timedelta(hours=hours) < end(action, actions)
                for who, hours, status in requests
                if who == action.account
            )
        else:
            assert served is None


@settings(max_examples=6, deadline=None)
@given(ledgers())
def test_cohorts_count_each_action_once(ledger):
    actions, _ = ledger
    connection = built(actions, [])
    expected: dict[object, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for action in actions:
        if action.type != "reinstate":
            counts = expected[action.at.date().replace(day=1)]
            counts[0] += 1
            counts[1] += action.at <= AS_OF - timedelta(days=30)
            counts[2] += action.granted_at is not None
            counts[3] += action.granted_at is not None and action.at <= AS_OF - timedelta(days=30)
    rows = connection.sql("""
        select cohort_month, action_count, mature_action_count, overturned_count, mature_appealed_count,
            overturned_action_share, appeal_rate
        from appeal_cohorts
    """).fetchall()
    assert {row[0]: list(row[1:5]) for row in rows} == dict(expected)
    for _, count, mature, overturned, mature_appealed, overturned_share, appeal_rate in rows:
        assert overturned_share == pytest.approx(overturned / count)
        assert appeal_rate == (pytest.approx(mature_appealed / mature) if mature else None)
