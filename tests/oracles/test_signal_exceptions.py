"""What an exception silences is in no `signals`, and in the report of what it silenced, row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from model_sql import macros, question_sql

from scaup import warehouse
from scaup.home import find_project

DAY = datetime(2026, 3, 1, tzinfo=UTC)
SHAPE = """(
    subject_type varchar, subject_id varchar, detected_at timestamptz, window_starts_at timestamptz,
    window_ends_at timestamptz, strength double, evidence json
)"""
ONE, OTHER = "sig_capability_sweep", "sig_drift_from_peers"


def rendered(model: str, names: list[str]) -> str:
    """A model that reads dbt's graph, with a graph of these signals."""
    import jinja2

    nodes = {f"model.scaup.{name}": {"name": name, "relation_name": name} for name in names}
    nodes["model.scaup.signals"] = {"depends_on": {"nodes": [*nodes, "seed.scaup.signal_exceptions"]}}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(find_project()), undefined=jinja2.StrictUndefined
    )
    template = environment.get_template(f"models/marts/signals/{model}.sql")
    return template.render(macros() | {"graph": {"nodes": nodes} if names else {}})


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    """Two signals, hits around the edges of three exceptions, and `excepted_signals` built on them."""
    found = warehouse.connect()
    for name in (ONE, OTHER):
        found.execute(f"create table {name} {SHAPE}")
    hits = [
        (ONE, "account", "tester", 0), (ONE, "account", "tester", 9), (ONE, "account", "tester", 10),
        (ONE, "account", "tester", -1), (ONE, "account", "somebody", 5), (ONE, "cluster", "tester", 5),
        (OTHER, "account", "tester", 5),
    ]  # fmt: skip
    for signal, kind, subject, day in hits:
        at = DAY + timedelta(days=day)
        found.execute(
            f"insert into {signal} values (?, ?, ?, ?, ?, ?, '{{}}')",  # noqa: S608
            [kind, subject, at, at, at + timedelta(days=1), 0.5 + day / 100],
        )
    found.execute(
        "create table signal_exceptions (exception_id varchar, signal_id varchar, subject_type varchar, "
        "subject_id varchar, reason varchar, approved_by varchar, valid_from date, valid_to date)"
    )
    for name, signal, since in (
        ("ex_1", ONE, "2026-03-01"),
        ("ex_2", ONE, "2026-03-10"),
        ("ex_3", OTHER, "2026-04-01"),
    ):
        found.execute(
            "insert into signal_exceptions "
            "values (?, ?, 'account', 'tester', 'why', 'lead', ?, '2026-03-11')",
            [name, signal, since],
        )
    found.execute("update signal_exceptions set valid_to = '2026-05-01' where exception_id = 'ex_3'")
    found.execute("create table int_snapshot_clock as select timestamptz '2026-03-11 00:00:00+00' as as_of")
    found.execute(f"create table excepted_signals as {rendered('excepted_signals', [ONE, OTHER])}")
    return found


def test_each_row_is_named_by_every_exception_that_holds_on_its_day(connection: duckdb.DuckDBPyConnection):
    rows = connection.sql(
        "select exception_id, signal_id, subject_id, detected_at from excepted_signals"
    ).fetchall()
    assert sorted(rows) == [
        ("ex_1", ONE, "tester", DAY),
        ("ex_1", ONE, "tester", DAY + timedelta(days=9)),
        ("ex_2", ONE, "tester", DAY + timedelta(days=9)),
    ]


def test_the_report_counts_what_was_silenced_and_shows_what_silenced_nothing(
    connection: duckdb.DuckDBPyConnection,
):
    values = {"signal_id": None, "since": "2026-01-01", "until": "2027-01-01", "limit": 9}
    answer = connection.execute(question_sql("signal_exceptions_applied"), values)
    names = [column[0] for column in answer.description]
    rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    told = [(row["exception_id"], row["hit_count"], row["is_in_force"], row["max_strength"]) for row in rows]
    assert told == [("ex_1", 2, False, 0.59), ("ex_2", 1, False, 0.59), ("ex_3", 0, False, None)]
    since = {**values, "since": DAY + timedelta(days=9), "signal_id": ONE}
    counts = connection.execute(question_sql("signal_exceptions_applied"), since).fetchall()
    assert [(row[0], row[9]) for row in counts] == [("ex_1", 1), ("ex_2", 1)]


def test_before_dbt_knows_its_graph_nothing_is_read():
    connection = warehouse.connect()
    connection.execute(
        "create table signal_exceptions as select 'e' as exception_id, 's' as signal_id, "
        "'account' as subject_type, 'a' as subject_id, "
        "date '2026-01-01' as valid_from, date '2027-01-01' as valid_to"
    )
    assert connection.sql(rendered("excepted_signals", [])).fetchall() == []
