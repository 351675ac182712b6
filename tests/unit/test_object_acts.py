"""Adapter `object_acts`: any table of accounts, objects and times becomes acts that can be asked about."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from scaup.adapters import BrokenAdapter
from scaup.contract import read_contract
from scaup.home import Home
from scaup.ingest import ingest
from scaup.lake import lake_files
from scaup.quarantine import read_quarantine

CONTRACT = read_contract()
STUDY = Path(__file__).parents[1] / "oracles/data/coordination_russian/events.parquet"
ACTS = "account_id, template_hash, conversation_id, occurred_at"


def taken_in(home: Home, table: str, columns: str) -> list[tuple[object, ...]]:
    files = [str(path) for path in lake_files(home, CONTRACT.table(table))]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows = connection.read_parquet(files).project(columns.replace("_at", "_at::varchar"))
        return sorted(rows.fetchall(), key=str)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_accounts_objects_and_times_are_enough_and_a_time_may_be_seconds(home: Home, tmp_path: Path):
    path = tmp_path / "acts.csv"
    path.write_text(
        "account,object,time,note\n"
        "u1,x,2026-03-01T11:00:00Z,a\nu2,x,1772362809,b\nu2,x,1772362809,twice\nu2,y,never,c\nu2,,1,d\n"
    )
    load = ingest([path], home, adapter="object_acts")
    assert list(load.totals["requests"].values()) == [5, 3, 0, 2]
    assert taken_in(home, "requests", "account_id, template_hash, occurred_at") == [
        ("u1", "x", "2026-03-01 11:00:00+00"),
        ("u2", "x", "2026-03-01 11:00:09+00"),
        ("u2", "x", "2026-03-01 11:00:09+00"),
    ]
    # An account begins with its first act, whatever else of the row fits.
    assert taken_in(home, "accounts", "account_id, created_at") == [
        ("u1", "2026-03-01 11:00:00+00"),
        ("u2", "1970-01-01 00:00:01+00"),
    ]
    assert [row.line for row in read_quarantine(home, limit=9)[1]] == [5, 6]


def test_a_table_sent_again_with_more_rows_counts_each_act_once(home: Home, tmp_path: Path):
    for name, rows in {"one": "u1,x,100\nu2,x,105\n", "two": "u1,x,100\nu2,x,105\nu3,x,107\n"}.items():
        (tmp_path / f"{name}.csv").write_text(f"account_id,object_id,occurred_at\n{rows}")
        ingest([tmp_path / f"{name}.csv"], home, adapter="object_acts")
    assert len(set(taken_in(home, "requests", "request_id"))) == 3


def test_the_study_comes_out_as_through_its_own_adapter(home: Home, tmp_path: Path):
    path = tmp_path / "acts.csv"
    duckdb.read_parquet(str(STUDY)).project("account_id, object_id, content_id, ts as occurred_at").write_csv(
        str(path)
    )
    ingest([path], home, adapter="object_acts")
    theirs = Home(tmp_path / "theirs")
    ingest([STUDY], theirs, adapter="coordination_russian")
    ours = taken_in(home, "requests", ACTS)
    assert len(ours) > 1000
    assert ours == taken_in(theirs, "requests", ACTS)
    assert taken_in(home, "accounts", "account_id, created_at") == taken_in(
        theirs, "accounts", "account_id, created_at"
    )


def test_a_table_without_such_columns_is_refused_by_name(home: Home, tmp_path: Path):
    path = tmp_path / "acts.csv"
    path.write_text("user,url,ts\nu1,x,1\n")
    with pytest.raises(BrokenAdapter, match="account_id"):
        ingest([path], home, adapter="object_acts")
