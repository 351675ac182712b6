"""Ad hoc SQL: the same values as everywhere, caps that are visible, and a trail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from door import scaup
from tiny_snapshot import publish_tiny

from scaup.answers import to_parquet
from scaup.errors import MissingInput, UsageError
from scaup.home import Home
from scaup.sandbox import Limits, StatementFailed, StatementRefused, StatementStopped, run_sql
from scaup.trail import TrailBroken
from scaup.warehouse import connect, open_snapshot

TYPES = """
select
    1 as whole, 1.10::decimal(38, 2) as money, 0.1::double as share, 'a\x1bb' as text, null as nothing,
    timestamptz '2026-05-01 12:00:00+00' as at_utc, timestamp '2026-05-01 12:00:00.5' as at_local,
    date '2026-05-01' as day, true as is_open, ['a', null] as names, {'a': 1.5::double} as pair,
    map {'k': 1} as marks, (2::hugeint << 70) as huge, '\\xff'::blob as bytes,
    'nan'::double as none, '{"a": 1}'::json as evidence, interval 36 hours as span, time '10:00' as clock,
    '00000000-0000-0000-0000-000000000001'::uuid as id, [1.5::double] as shares, 12345678901234567890 as large
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return publish_tiny(tmp_path_factory.mktemp("sandbox") / "home")


def trail(home: Home) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home.root / "audit" / "audit.jsonl").read_text().splitlines()]


def test_values_come_out_as_duckdb_gives_them(home: Home, tmp_path: Path) -> None:
    answer = run_sql(TYPES, open_snapshot(home), Limits(), home)
    found = dict(zip(answer.columns, answer.rows[0], strict=True))
    assert found["money"] == Decimal("1.10") and isinstance(found["money"], Decimal)
    assert found["at_utc"] == datetime(2026, 5, 1, 12, tzinfo=UTC) and found["day"] == date(2026, 5, 1)
    assert found["at_local"] == datetime(2026, 5, 1, 12, 0, 0, 500000)
    assert (found["text"], found["nothing"], found["names"]) == ("a\x1bb", None, ["a", None])
    assert found["huge"] == 2**71 and found["bytes"] == b"\xff" and found["none"] != found["none"]
    assert (found["shares"], found["pair"], found["large"]) == ([1.5], {"a": 1.5}, 12345678901234567890)
    path = tmp_path / "rows.parquet"
    path.write_bytes(to_parquet(answer))
    with connect() as connection:
        [stored] = connection.execute(
            "select marks, span, clock, id from read_parquet(?)", [str(path)]
        ).fetchall()
    assert stored[0] == {"k": 1} and str(stored[1]) == "1 day, 12:00:00" and str(stored[2]) == "10:00:00"


def test_the_row_cap_is_visible_when_it_cuts(home: Home) -> None:
    snapshot = open_snapshot(home)
    cut = run_sql("from range(11)", snapshot, Limits(rows=10), home)
    assert (cut.row_count, cut.cut_by) == (10, "--rows 10")
    whole = run_sql("from range(10)", snapshot, Limits(rows=10), home)
    assert (whole.row_count, whole.cut_by) == (10, "")


def test_the_byte_cap_is_visible_when_it_cuts(home: Home) -> None:
    sql = "select repeat('x', 100000) from range(100)"
    answer = run_sql(sql, open_snapshot(home), Limits(bytes=2**20), home)
    assert answer.row_count == 10 and answer.cut_by == "the cap of 1 MiB"


def test_columns_of_one_name_are_told_apart(home: Home) -> None:
    assert run_sql("select 1 as a, 2 as a", open_snapshot(home), Limits(), home).columns == ("a", "a_2")


def test_who_ran_what_when_and_why_is_recorded(home: Home) -> None:
    answer = run_sql("select 1", open_snapshot(home), Limits(), home, purpose="case 12 – why?")
    asked, answered = trail(home)[-2:]
    assert (asked["event"], answered["event"]) == ("sql asked", "sql answered")
    assert asked["purpose"] == "case 12 – why?" and asked["who"] and asked["at"]
    assert asked["sql_sha256"] == answer.sql_sha256 and answered["rows"] == 1
    assert asked["query_id"] == answered["query_id"]


def test_what_failed_is_recorded_without_its_text(home: Home) -> None:
    with pytest.raises(StatementFailed, match="sesame"):
        run_sql("select error('sesame')", open_snapshot(home), Limits(), home)
    assert trail(home)[-1]["error"] == "StatementFailed"
    assert "sesame" not in (home.root / "audit" / "audit.jsonl").read_text()


def test_nothing_runs_unrecorded(tmp_path: Path) -> None:
    home = publish_tiny(tmp_path / "home")
    (home.root / "audit").write_text("a file where the folder should be")
    with pytest.raises(TrailBroken, match="Nothing is run unrecorded"):
        run_sql("select 1", open_snapshot(home), Limits(), home)


def test_a_stopped_statement_says_which_limit_and_which_flag(home: Home) -> None:
    with pytest.raises(StatementStopped, match=r"after 1 s.*--seconds"):
        run_sql("select count(*) from range(1000000000000)", open_snapshot(home), Limits(seconds=1), home)
    with pytest.raises(StatementStopped, match=r"limit of 64MiB.*--memory"):
        run_sql("select list(range) from range(100000000)", open_snapshot(home), Limits(memory="64MiB"), home)


def test_a_memory_cap_has_a_unit_and_a_floor() -> None:
    assert Limits(memory="2 GiB").memory_bytes == 2 * 2**30
    for size in ("2", "1MiB", "many", "-2GiB"):
        with pytest.raises(UsageError, match="--memory"):
            _ = Limits(memory=size).memory_bytes


def test_a_placeholder_is_refused_with_the_way_out(home: Home) -> None:
    with pytest.raises(StatementRefused, match="analyses/"):
        run_sql("select $account_id", open_snapshot(home), Limits(), home)


def test_a_pivot_is_told_to_name_its_values_and_then_runs(home: Home) -> None:
    with pytest.raises(StatementRefused, match="A PIVOT has to name its values"):
        run_sql("from (pivot (select 'a' as k) on k using count(*))", open_snapshot(home), Limits(), home)
    named = "from (pivot (select 'a' as k) on k in ('a', 'b') using count(*))"
    assert run_sql(named, open_snapshot(home), Limits(), home).rows == ((1, 0),)


def test_a_snapshot_that_cannot_be_opened_is_named_and_memory_is_not_blamed(tmp_path: Path) -> None:
    home = publish_tiny(tmp_path / "home")
    snapshot = open_snapshot(home)
    snapshot.warehouse.write_bytes(b"this is no database" * 1000)
    with pytest.raises(MissingInput, match="could not be opened") as caught:
        run_sql("select 1", snapshot, Limits(), home)
    assert "memory" not in str(caught.value) and "scaup snapshots" in str(caught.value)


def test_many_small_rows_fit_into_the_reply_that_the_caps_allow(home: Home) -> None:
    answer = run_sql(
        "select 1 from range(1000000)", open_snapshot(home), Limits(rows=10**6, bytes=2**20), home
    )
    assert answer.cut_by == "the cap of 1 MiB" and 100_000 < answer.row_count < 10**6


def test_names_of_columns_have_a_cap_of_their_own(home: Home) -> None:
    with pytest.raises(StatementRefused, match="names and types"):
        run_sql(f'select 1 as "{"x" * 900_000}"', open_snapshot(home), Limits(), home)


def test_a_statement_is_read_from_an_argument_a_file_or_a_pipe(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "some.sql"
    path.write_text("select 7 as seven")
    assert scaup(home.root, "sql", "select 7 as seven").stdout == "seven\n7\n"
    assert scaup(home.root, "sql", "--file", path).stdout == "seven\n7\n"
    for words in (["sql"], ["sql", "-"]):
        done = subprocess.run(
            [sys.executable, "-m", "scaup", *words],
            input="select 7 as seven",
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "SCAUP_HOME": str(home.root)},
        )
        assert done.stdout == "seven\n7\n"
    assert "--file" in scaup(home.root, "sql", path, expect=2).stderr
