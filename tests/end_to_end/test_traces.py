"""Every row of `signals` and every point of a risk score leads back to raw rows that exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from scaup.home import Home
from scaup.project import read_catalogue
from scaup.warehouse import open_snapshot

KEYS = {
    "accounts": "account_id",
    "content_objects": "content_id",
    "copyright_notices": "notice_id",
    "enforcement_actions": "action_id",
    "hash_matches": "match_id",
    "logins": "login_id",
    "mcp_calls_daily": "version_id || ' ' || day",
    "mcp_versions": "version_id",
    "notice_targets": "notice_id || ' ' || content_id",
    "payment_instruments": "instrument_id",
    "requests": "request_id",
    "review_decisions": "decision_id",
    "user_reports": "report_id",
}
UNTRACED_POINTS = Path(__file__).parent / "untraced_points.sql"
MADE_SIGNALS = Path(__file__).parent / "made_signals.sql"
# Raw tables that show what a signal saw, for those that this world may have no case of.
LEAD_TO = {
    "sig_drift_from_peers": {"requests"},
    "sig_implausible_review_pace": {"review_decisions"},
    "sig_report_wave": {"user_reports"},
    "sig_sign_up_after_nearby_ban": {"enforcement_actions"},
}
EVERYTHING = {
    "signal_id": None,
    "subject_type": None,
    "subject_id": None,
    "account_id": None,
    "since": "2020-01-01",
    "until": "2030-01-01",
    "limit": 10**9,
}


@pytest.fixture(scope="module")
def traced(built_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the snapshot with `trace`: the answer to signal_evidence about everything."""
    snapshot = open_snapshot(built_home)
    with snapshot.connection() as connection:
        connection.execute(f"create temp table trace as {_question(built_home)}", EVERYTHING)
        yield connection


def test_every_row_of_signals_is_traced(traced: duckdb.DuckDBPyConnection):
    untraced = traced.execute(
        "select signal_id, count(*) from signals.signals anti join trace "
        "using (signal_id, subject_type, subject_id, window_starts_at, window_ends_at) group by all"
    ).fetchall()
    assert untraced == []
    assert traced.execute("select count(*) > 1000 from signals.signals").fetchall() == [(True,)]


def test_what_was_seen_on_an_object_leads_to_the_requests_that_uploaded_it(
    traced: duckdb.DuckDBPyConnection,
):
    astray = traced.execute(
        "select signals.subject_id from signals.signals as signals "
        "where subject_type in ('content', 'upload') and not exists (from trace "
        "where trace.signal_id = signals.signal_id and trace.subject_id = signals.subject_id "
        "and trace.window_starts_at = signals.window_starts_at and trace.source_table = 'requests')"
    ).fetchall()
    assert astray == []
    assert traced.execute(
        "select count(distinct signal_id) from trace where shows like 'upload of %'"
    ).fetchall() == [(2,)]


def test_a_signal_that_this_world_has_no_case_of_would_be_traced_too(
    traced: duckdb.DuckDBPyConnection, built_home: Home
):
    traced.execute(f"create or replace temp table made as {MADE_SIGNALS.read_text(encoding='utf-8')}")
    made = {signal_id for (signal_id,) in traced.execute("select signal_id from made").fetchall()}
    assert made <= LEAD_TO.keys()
    question = _question(built_home)
    for name in ("signals", "signal_subjects"):
        assert f'"signals"."{name}"' in question
        question = question.replace(f'"warehouse"."signals"."{name}"', "made")
    traced.execute(f"create or replace temp table made_trace as {question}", EVERYTHING)
    found = traced.execute(
        "select signal_id, list(distinct source_table) from made_trace group by signal_id"
    ).fetchall()
    assert {signal_id for signal_id, tables in found if LEAD_TO[signal_id] <= set(tables)} == made


def test_every_raw_id_of_a_trace_exists(traced: duckdb.DuckDBPyConnection, built_home: Home):
    tables = {name for (name,) in traced.execute("select distinct source_table from trace").fetchall()}
    assert tables <= KEYS.keys()
    assert {"requests", "logins", "payment_instruments", "enforcement_actions", "hash_matches"} <= tables
    for table in sorted(tables):
        with duckdb.connect() as lake:
            lake.execute("set TimeZone = 'UTC'")
            ids = lake.read_parquet(_files(built_home, table)).project(KEYS[table]).distinct().fetchall()
        told = traced.execute(
            "select distinct source_id from trace where source_table = ?", [table]
        ).fetchall()
        assert set(told) <= set(ids), table


def test_every_point_of_a_risk_score_is_traced(traced: duckdb.DuckDBPyConnection):
    untraced = traced.execute(UNTRACED_POINTS.read_text(encoding="utf-8")).fetchall()
    assert untraced == []


def test_an_account_is_traced_by_itself(traced: duckdb.DuckDBPyConnection, built_home: Home):
    ((signal_id, account_id),) = traced.execute(
        "select signal_id, account_id from signals.signal_subjects where subject_type = 'cluster' "
        "order by 1, 2 limit 1"
    ).fetchall()
    cursor = traced.execute(
        _question(built_home), EVERYTHING | {"signal_id": signal_id, "account_id": account_id}
    )
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    assert rows
    assert {row["signal_id"] for row in rows} == {signal_id}
    assert {row["account_id"] for row in rows if row["shows"].startswith(("chat", "api"))} <= {account_id}


def _question(home: Home) -> str:
    return (
        read_catalogue(open_snapshot(home).warehouse.parent / "catalogue.json")
        .question("signal_evidence")
        .sql
    )


def _files(home: Home, table: str) -> str:
    return str(home.lake / "*" / table / "**" / "*.parquet")
