"""A build publishes what passes and nothing else, and what it publishes depends on the lake alone."""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from door import scaup
from small import add_requests, small_project, write

from scaup import publish
from scaup.build import build, freeze_lake
from scaup.check import check
from scaup.contract import read_contract
from scaup.errors import MissingInput, Refused
from scaup.home import Home
from scaup.transform import TransformFailed
from scaup.warehouse import connect, open_snapshot


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    return small_project(tmp_path_factory.mktemp("checkout"), project)


def test_a_snapshot_stands_alone(built):
    snapshot = open_snapshot(built)
    assert sorted(path.name for path in snapshot.folder.iterdir()) == [
        "catalogue.json", "checks.json", "health.html", "manifest.json", "prints.json", "warehouse.duckdb",
    ]  # fmt: skip
    with snapshot.connection() as connection:
        schemas = {
            row[0]
            for row in connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
        }
        views = connection.execute("select view_name from duckdb_views() where not internal").fetchall()
        assert (schemas, views) == ({"intermediate", "features"}, [("rows_in_breach",)])
        rows = connection.execute("from ask.days('a1')").fetchall()
        assert [count for _, count in rows] == [2]


def test_a_manifest_tells_where_everything_came_from(built):
    manifest = open_snapshot(built).manifest
    assert manifest["snapshot_id"].startswith("2026-03-01-")
    assert manifest["as_of"] == "2026-03-01T01:00:05+00:00"
    assert {
        Path(file["path"]).name: file["rows_accepted"]
        for load in manifest["inputs"]
        for file in load["files"]
    } == {
        "accounts.jsonl": 3,
        "requests.jsonl": 6,
    }
    assert all(len(file["sha256"]) == 64 for load in manifest["inputs"] for file in load["files"])
    assert manifest["relations"]["features.feat_days"]["rows"] == 3
    assert manifest["checks"]["dbt_tests"] == 5
    assert manifest["checks"]["expectations"] > 40


def test_the_same_lake_gives_the_same_snapshot_and_leaves_the_pointer_alone(home, checkout):
    before = publish.current_id(home)
    shutil.rmtree(home.root / "dbt")  # nor does it depend on what dbt remembers
    again = build(home, checkout)
    assert (again.snapshot_id, again.is_new) == (before, False)
    assert len(publish.list_snapshots(home)) == 1


def test_a_new_load_gives_a_new_snapshot_and_the_old_one_stays(home, checkout):
    before = publish.current_id(home)
    add_requests(home, checkout, "two", day="2026-03-05")
    after = build(home, checkout)
    assert after.is_new
    assert [one.id for one in publish.list_snapshots(home)] == [before, after.snapshot_id]
    with open_snapshot(home, before).connection() as connection:
        assert connection.execute("select count(*) from features.feat_days").fetchall() == [(3,)]


def test_a_failing_dbt_test_publishes_nothing_and_its_rows_can_be_seen(home, checkout, monkeypatch):
    monkeypatch.setattr("scaup.build.content", None)  # nor is anything sealed
    before = publish.current_id(home)
    add_requests(home, checkout, "busy", per_account=4, day="2026-03-02")
    with pytest.raises(Refused) as refused:
        build(home, checkout)
    told = str(refused.value)
    assert "within_feat_days_request_count" in told and "3 rows" in told
    assert "models/marts/features/both.yml" in told
    assert f"Readers still see {before}" in told
    assert publish.current_id(home) == before
    shown = _shown(home, told)
    assert [len(rows) for rows in shown] == [3, 3]
    assert {row["request_count"] for rows in shown for row in rows} == {4}


def test_a_failing_test_whose_rows_there_is_no_room_for_is_named_all_the_same(home, checkout, tmp_path):
    faulty = _copy(checkout, tmp_path)
    write(
        faulty / "tests/dbt/no_room.sql",
        "select {% if should_store_failures() %} error('no room') {% else %} 1 {% endif %} as thing\n"
        '-- of {{ ref("feat_days") }}\n',
    )
    with pytest.raises(Refused, match=r"no_room\.sql: no_room: 1 row") as refused:
        build(home, faulty)
    assert "see them" not in str(refused.value)


def _shown(home: Home, told: str) -> list[list[dict[str, object]]]:
    """The rows that each question of a refusal shows, asked as it is written there."""
    found = []
    for line in told.splitlines():
        if "see them: scaup " in line:
            words = shlex.split(line.split("see them: scaup ")[1])
            done = scaup(home.root, *words, "--format", "jsonl")
            rows = [json.loads(row)["row_values"] for row in done.stdout.splitlines()]
            found.append([json.loads(row) if isinstance(row, str) else row for row in rows])
    return found


def test_a_lake_that_breaks_the_contract_publishes_nothing(home, checkout):
    (file,) = home.lake.glob("2*/accounts/**/*.parquet")
    with connect() as connection:
        connection.execute("create table accounts as from read_parquet(?)", [str(file)])
        connection.execute("update accounts set status = 'asleep' where account_id = 'a1'")
        connection.table("accounts").write_parquet(str(file))
    before = publish.current_id(home)
    with pytest.raises(Refused, match=r"Not so: raw.accounts.status is one of active.*\(1 row\)") as refused:
        build(home, checkout)
    assert publish.current_id(home) == before
    ((row,),) = _shown(home, str(refused.value))
    assert (row["account_id"], row["status"]) == ("a1", "asleep")


def test_a_model_that_does_not_build_is_told_with_its_file(home, checkout, tmp_path):
    broken = _copy(checkout, tmp_path)
    write(
        broken / "models/marts/features/feat_days.sql",
        'select nothing_of_the_kind from {{ ref("stg_requests") }}',
    )
    with pytest.raises(Refused, match=r"(?s)feat_days\.sql.*nothing_of_the_kind"):
        build(home, broken)


def test_a_project_that_does_not_parse_is_told_in_dbts_words(home, checkout, tmp_path):
    broken = _copy(checkout, tmp_path)
    write(broken / "analyses/days.sql", 'select * from {{ ref("feat_dys") }}')
    with pytest.raises(TransformFailed, match="feat_dys"):
        build(home, broken)
    assert [found.name for found in home.staging.iterdir() if not found.is_symlink()] == []


def test_a_published_view_on_staging_is_refused(home, checkout, tmp_path):
    leaning = _copy(checkout, tmp_path)
    model = leaning / "models/marts/features/feat_days.sql"
    write(model, "{{ config(materialized='view') }}\n" + model.read_text())
    with pytest.raises(Refused, match=r"features\.feat_days cannot be read without staging"):
        build(home, leaning)


def test_a_column_that_no_yml_describes_is_refused_by_name(home, checkout, tmp_path):
    careless = _copy(checkout, tmp_path)
    yml = careless / "models/marts/features/both.yml"
    write(yml, yml.read_text().replace("      - {name: activity_date, description: The day.}\n", ""))
    with pytest.raises(Refused, match="activity_date is not declared"):
        build(home, careless)


def _copy(checkout: Path, folder: Path) -> Path:
    return Path(
        shutil.copytree(checkout, folder / "checkout", ignore=shutil.ignore_patterns("logs", "target"))
    )


def test_a_lake_without_a_load_says_how_to_fill_it(tmp_path, checkout):
    with pytest.raises(MissingInput, match="scaup ingest"):
        build(Home(tmp_path), checkout)


def test_a_load_that_lands_during_a_build_is_not_in_it(home, checkout):
    loads = freeze_lake(home, read_contract(checkout), home.staging / "frozen")
    add_requests(home, checkout, "late")
    seen = {path.name for path in (home.staging / "frozen").iterdir()}
    assert seen == {*loads, "_contract"} and len(loads) == 1


def test_check_holds_the_snapshot_to_its_own_hashes_and_publishes_nothing(home, checkout):
    assert check(home, checkout).success
    snapshot = open_snapshot(home)
    snapshot.warehouse.chmod(0o644)
    with connect(snapshot.warehouse) as connection:
        connection.execute("update features.feat_days set request_count = 4 where account_id = 'a1'")
    found = check(home, checkout)
    assert not found.success
    assert any("features.feat_days no longer has the rows" in line for line in found.lines)
    assert [row["request_count"] for rows in _shown(home, "\n".join(found.lines)) for row in rows] == [4, 4]
    assert len(publish.list_snapshots(home)) == 1


def test_three_builds_killed_with_dbt_at_any_moment_leave_the_reader_whole_snapshots(home, checkout):
    chance = random.Random(7)
    first = publish.current_id(home)
    lasted = 6.0
    for kill in range(3):  # a hundred without dbt: test_kills.py
        add_requests(home, checkout, f"kill-{kill}", day=f"2026-03-{10 + kill}")
        started = time.monotonic()
        builder = subprocess.Popen(
            [sys.executable, "-m", "scaup", "build"],
            env={**os.environ, "SCAUP_HOME": str(home.root), "SCAUP_PROJECT": str(checkout)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            builder.wait(chance.uniform(0, lasted))
            lasted = max(2.0, time.monotonic() - started)
        except subprocess.TimeoutExpired:
            builder.send_signal(signal.SIGKILL)
            builder.wait()
        _read_whole(home)
    after = build(home, checkout)
    assert after.is_new and after.snapshot_id != first
    assert [found.name for found in home.staging.iterdir() if not found.is_symlink()] == []
    with open_snapshot(home).connection() as connection:
        assert connection.execute("select count(*) from features.feat_days").fetchall() == [(12,)]


def _read_whole(home: Home) -> None:
    """What the pointer names is whole: its files agree and its rows are those that its manifest counts."""
    snapshot = open_snapshot(home)
    assert snapshot.manifest["snapshot_id"] == snapshot.id
    assert json.loads((snapshot.folder / "catalogue.json").read_text())["questions"]
    with snapshot.connection() as connection:
        held = connection.execute("select count(*) from features.feat_days").fetchall()[0][0]
    assert held == snapshot.manifest["relations"]["features.feat_days"]["rows"]
    assert {path.suffix for path in snapshot.folder.iterdir()} == {".duckdb", ".json", ".html"}
