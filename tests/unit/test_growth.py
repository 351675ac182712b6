"""A load more is added to incremental models, and the snapshot is that of a fresh build."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from small import add_requests, growing_project, write

from scaup import blocks, growth, manifest, plan, publish, quality
from scaup.build import Built, build
from scaup.errors import Refused
from scaup.growth import Growth, growth_of, released_since
from scaup.home import Home
from scaup.ingest import ingest
from scaup.loads import remove
from scaup.plan import Options
from scaup.prints import Earlier, earlier_builds, loads_of, prints_of
from scaup.warehouse import connect, open_snapshot


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    return growing_project(tmp_path_factory.mktemp("checkout"), project)


def _told(home: Home, checkout: Path, fresh: bool = False) -> tuple[Built, list[str]]:
    lines: list[str] = []
    done = build(home, checkout, Options(fresh=fresh), say=lines.append)
    return done, [line for line in lines if line.startswith(("Adding", "Redoing"))]


def _send(home: Home, checkout: Path, account: str, request: str, at: str) -> None:
    """Take in one request as a load of its own."""
    folder = home.root / "incoming" / request
    add_requests(Home(folder), checkout, "like")
    (line, *_) = (folder / "incoming" / "like" / "requests.jsonl").read_text().splitlines()
    row = {**json.loads(line), "account_id": account, "request_id": request, "occurred_at": at}
    write(folder / "rows" / "requests.jsonl", json.dumps(row) + "\n")
    ingest([folder / "rows"], home, project=checkout)


def _counts(home: Home) -> list[tuple[str, str, int]]:
    found = open_snapshot(home).reader.execute(
        "select account_id, activity_date::varchar, request_count from features.feat_days order by all"
    )
    return found.fetchall()


def test_what_new_loads_touch_is_added_and_the_rest_of_the_table_stays(home, checkout):
    _send(home, checkout, "a0", "late", "2026-03-01T09:00:00Z")
    _send(home, checkout, "a1", "next", "2026-03-02T09:00:00Z")
    after, told = _told(home, checkout)
    assert told == [
        "Adding what 2 new loads touch to 1 table: feat_days.",
        "Redoing 1 (what it reads is redone): int_snapshot_clock.",
    ]
    assert _counts(home) == [
        ("a0", "2026-03-01", 3), ("a1", "2026-03-01", 2), ("a1", "2026-03-02", 1), ("a2", "2026-03-01", 2)
    ]  # fmt: skip
    fresh, nothing = _told(home, checkout, fresh=True)
    assert (fresh.snapshot_id, fresh.is_new, nothing) == (after.snapshot_id, False, [])
    with connect(after.folder / "warehouse.duckdb", read_only=True) as connection:
        left = connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
    assert sorted(left) == [("features",), ("intermediate",)]


def _read_whole(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The relations whose every row a build reads for its seal, as they come."""
    read: list[str] = []

    def content(connection: duckdb.DuckDBPyConnection, relation: str) -> manifest.Content:
        read.append(relation)
        return manifest.content(connection, relation)

    monkeypatch.setattr("scaup.build.content", content)
    return read


@pytest.mark.parametrize("account", ["a0", "new"])
def test_what_was_added_to_is_sealed_by_the_rows_that_changed(home, checkout, account, monkeypatch):
    _send(home, checkout, account, "late", "2026-03-01T09:00:00Z")
    read = _read_whole(monkeypatch)
    added, _ = _told(home, checkout)
    assert read == ["intermediate.int_snapshot_clock", "operations.rows_in_breach"]
    with connect(added.folder / "warehouse.duckdb", read_only=True) as connection:
        told = added.manifest["relations"]["features.feat_days"]
        assert manifest.content_hash(connection, "features.feat_days") == told
    assert told["rows"] == (3 if account == "a0" else 4)


def test_where_nothing_is_new_no_table_is_made_or_read(home, checkout, monkeypatch):
    before = publish.current_id(home)
    read, asked = _read_whole(monkeypatch), _judged_by_itself(monkeypatch)
    lines: list[str] = []
    again = build(home, checkout, say=lines.append)
    assert lines[1:] == [f"Keeping 2 tables of snapshot {before}.", "Checking and sealing."]
    assert (again.snapshot_id, again.is_new) == (before, False)
    assert read == ["operations.rows_in_breach"]  # a view
    assert [one for one in asked if "limit 0" in one] == [
        '(from "intermediate"."int_snapshot_clock" limit 0)', '(from "features"."feat_days" limit 0)'
    ]  # fmt: skip
    fresh, _ = _told(home, checkout, fresh=True)
    assert (fresh.snapshot_id, fresh.manifest["checks"]) == (before, again.manifest["checks"])


def test_a_file_is_not_copied_for_little_of_it(home, checkout, built):
    (path,) = (home.root / "dbt").glob("*/manifest.json")
    manifest = json.loads(path.read_text().replace(f"{built.staging}/now/lake", str(home.lake)))
    prints = prints_of(manifest, checkout, home.lake)

    def found(days: int) -> Growth | None:
        told = home.snapshots / str(publish.current_id(home)) / "manifest.json"
        content = json.loads(told.read_text())
        for name, one in content["relations"].items():
            one["rows"] = {"features.feat_days": days, "intermediate.int_snapshot_clock": 3}.get(name, 0)
        told.chmod(0o644)
        told.write_text(json.dumps(content))
        earlier = list(earlier_builds(home, home.staging))
        others = {name: one for name, one in prints.items() if name != "features.feat_days"}
        return growth_of(others, earlier, loads_of(home.lake))

    known = [found(3), found(4)]
    assert [growth and list(growth.kept) for growth in known] == [["intermediate.int_snapshot_clock"], None]


@pytest.mark.parametrize("what", ["another content", "none", "other rows"])
def test_where_the_snapshot_does_not_say_its_content_all_rows_are_read(home, checkout, what, monkeypatch):
    path = home.snapshots / publish.current_id(home) / "prints.json"
    told = json.loads(path.read_text())
    if what == "another content":
        told["contents"]["features.feat_days"][1] += 1
    elif what == "none":
        del told["contents"]
    else:  # than what was taken out and put in come to
        monkeypatch.setattr(growth, "ADDED", growth.REMOVED)
        monkeypatch.setattr(growth, "REMOVED", "added")
    path.chmod(0o644)
    path.write_text(json.dumps(told))
    _send(home, checkout, "new", "late", "2026-03-01T09:00:00Z")
    read = _read_whole(monkeypatch)
    added, _ = _told(home, checkout)
    assert read == ["features.feat_days", "intermediate.int_snapshot_clock", "operations.rows_in_breach"]
    assert added.snapshot_id == build(home, checkout, Options(fresh=True)).snapshot_id


def _judged_by_itself(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The relations of which a build asks only some rows what is asked of each by itself, as they come."""
    asked: list[str] = []
    profile = quality.profile

    def profiled(*given: Any, among: str | None = None, **more: Any) -> quality.Profile:
        if among:
            asked.append(among)
        return profile(*given, among=among, **more)

    monkeypatch.setattr(quality, "profile", profiled)
    return asked


def test_a_row_that_was_added_is_held_to_what_the_others_were(home, checkout, monkeypatch):
    asked = _judged_by_itself(monkeypatch)
    for hour in (8, 9):  # three requests, and four, which is one too many
        _send(home, checkout, "a0", f"late-{hour}", f"2026-03-01T0{hour}:00:00Z")
        if hour == 8:
            build(home, checkout)
    with pytest.raises(Refused, match="feat_days"):
        build(home, checkout)
    assert [relation for relation in asked if relation.startswith("staging.")] == [
        "staging.added_feat_days"
    ] * 2
    (told,) = home.staging.glob("failed-*/snapshot/prints.json")
    assert "held" not in json.loads(told.read_text())


def test_files_of_new_loads_alone_are_held_to_the_contract_and_their_keys_to_all(home, checkout, monkeypatch):
    asked = _judged_by_itself(monkeypatch)
    _send(home, checkout, "new", "late", "2026-03-01T09:00:00Z")
    done = build(home, checkout)
    assert [relation.split("'")[1].split("/new_loads/")[1] for relation in asked[:2]] == [
        "*/accounts/**/*.parquet", "*/requests/**/*.parquet"
    ]  # fmt: skip
    checks = json.loads((done.folder / "checks.json").read_text())
    rows = {profile["relation"]: profile["rows"] for profile in checks["profiles"]}
    assert rows["raw.requests"] == 7
    # A key that is there twice, in a file that somebody wrote into the lake.
    _send(home, checkout, "new", "again", "2026-03-01T09:30:00Z")
    (known,) = sorted(home.lake.glob("2*"))[-2].glob("requests/**/*.parquet")
    (file,) = sorted(home.lake.glob("2*"))[-1].glob("requests/**/*.parquet")
    shutil.copy(known, file)
    with pytest.raises(Refused, match=r"raw\.requests has one row per request_id"):
        build(home, checkout)


def test_all_rows_are_held_to_what_was_not_asked_of_them_before(home, checkout, monkeypatch):
    path = home.snapshots / publish.current_id(home) / "prints.json"
    told = json.loads(path.read_text())
    told["held"]["features.feat_days"] = "something else"
    path.chmod(0o644)
    path.write_text(json.dumps(told))
    asked = _judged_by_itself(monkeypatch)
    _send(home, checkout, "new", "late", "2026-03-01T09:00:00Z")
    build(home, checkout)
    assert [relation for relation in asked if relation.startswith("staging.")] == []


def test_what_dbt_would_heed_of_the_environment_does_not_reach_it(home, checkout, monkeypatch):
    monkeypatch.setenv("DBT_FULL_REFRESH", "1")
    _send(home, checkout, "a0", "late", "2026-03-01T09:00:00Z")
    added = build(home, checkout)
    assert _counts(home)[0] == ("a0", "2026-03-01", 3)
    with connect(added.folder / "warehouse.duckdb", read_only=True) as connection:
        told = added.manifest["relations"]["features.feat_days"]
        assert manifest.content_hash(connection, "features.feat_days") == told


def test_after_so_many_additions_all_is_computed_and_then_added_to_again(home, checkout, monkeypatch):
    monkeypatch.setattr(growth, "MOST_COPIES", 1)
    heard = []
    for hour in range(3):
        _send(home, checkout, "a0", f"at-{hour}", f"2026-03-02T0{hour}:00:00Z")
        heard.append(_told(home, checkout)[1][:1])
    added = ["Adding what 1 new load touches to 1 table: feat_days."]
    assert heard == [added, [], added]
    assert ("a0", "2026-03-02", 3) in _counts(home)


def test_a_file_that_was_touched_since_it_was_published_is_not_added_to(home, checkout):
    snapshot = open_snapshot(home)
    snapshot.warehouse.chmod(0o644)
    with connect(snapshot.warehouse) as connection:
        connection.execute("update features.feat_days set request_count = 3 where account_id = 'a2'")
    _send(home, checkout, "a0", "more", "2026-03-02T09:00:00Z")
    with pytest.raises(Refused, match=r"(?s)Not the rows that were published: snapshot .*--fresh"):
        build(home, checkout)


def test_a_killed_build_hands_on_no_table_that_it_may_not_have_added_to(home, checkout):
    _send(home, checkout, "a0", "more", "2026-03-02T09:00:00Z")
    before = publish.current_id(home)
    done, _ = _told(home, checkout)
    # As it was killed: the prints of what it would have made, and the table as the snapshot before has it.
    dead = home.staging / "20990101T000000-1" / "snapshot"
    shutil.copytree(home.snapshots / str(before), dead)
    (dead / "prints.json").chmod(0o644)
    shutil.copy(done.folder / "prints.json", dead / "prints.json")
    publish.roll_back(home)
    shutil.rmtree(done.folder)
    again, told = _told(home, checkout)
    assert told[0] == "Adding what 1 new load touches to 1 table: feat_days."
    assert again.snapshot_id == done.snapshot_id
    assert ("a0", "2026-03-02", 1) in _counts(home)


def test_many_requests_are_added_in_blocks_of_days_and_give_the_same_snapshot(home, checkout, monkeypatch):
    for day in range(2, 6):
        _send(home, checkout, "a0", f"on-{day}", f"2026-03-0{day}T09:00:00Z")
        _send(home, checkout, "a1", f"too-{day}", f"2026-03-0{day}T09:00:00Z")
    whole, _ = _told(home, checkout, fresh=True)
    monkeypatch.setattr(blocks, "ROWS", 4)
    lines: list[str] = []
    parts = build(home, checkout, Options(fresh=True), say=lines.append)
    assert [line for line in lines if line.startswith("Requests")] == [
        "Requests of 2026-03-01 to 2026-03-01, 6: block 1 of 3.",
        "Requests of 2026-03-02 to 2026-03-03, 4: block 2 of 3.",
        "Requests of 2026-03-04 to 2026-03-05, 4: block 3 of 3.",
    ]
    assert (parts.snapshot_id, parts.is_new) == (whole.snapshot_id, False)
    assert parts.manifest["checks"] == whole.manifest["checks"]


@pytest.mark.parametrize(("since", "is_added"), [(None, True), ("2026-03-02", True), ("2026-03-01", False)])
def test_a_release_that_touches_so_much_that_blocks_are_better_is_not_added(
    home, checkout, monkeypatch, since, is_added
):
    monkeypatch.setattr(plan, "FEWEST_BLOCKS", 2)
    monkeypatch.setattr(blocks, "ROWS", 1)  # each file is a block
    monkeypatch.setattr(growth, "released_since", lambda lake, more: since)
    _send(home, checkout, "a0", "next", "2026-03-02T09:00:00Z")
    assert any(line.startswith("Adding") for line in _told(home, checkout)[1]) is is_added


@pytest.mark.parametrize("most", [1, 7])
def test_another_model_than_before_is_made_in_blocks_where_there_are_many(
    home, checkout, monkeypatch, most, tmp_path
):
    monkeypatch.setattr(plan, "FEWEST_BLOCKS", 2)
    _send(home, checkout, "a0", "next", "2026-03-02T09:00:00Z")
    before, _ = _told(home, checkout)
    monkeypatch.setattr(blocks, "ROWS", most)
    changed = Path(shutil.copytree(checkout, tmp_path / "changed"))
    model = changed / "models/marts/features/feat_days.sql"
    write(model, model.read_text() + "-- of another mind\n")
    lines: list[str] = []
    after = build(home, changed, say=lines.append)
    assert any(line.startswith("Requests of") for line in lines) is (most == 1)
    assert after.manifest["relations"] == before.manifest["relations"]


def test_a_release_is_new_by_what_it_says_and_not_by_coming_again(tmp_path):
    first, later, before = "2026-03-01", "2026-03-05", "2025-12-01"
    said = {
        "first": [("old", "2026-01-05", first), ("moved", "2026-02-01", first)],
        "again": [("old", "2026-01-05", later)],
        "new": [("old", "2026-01-05", later), ("new", "2026-03-02", later), ("newer", "2026-03-04", later)],
        "moved": [("moved", "2026-03-20", later)],
        "overtaken": [("moved", "2026-02-02", before)],
        "none": [],
    }
    with connect() as connection:
        for load, rows in said.items():
            (tmp_path / load / "model_releases").mkdir(parents=True)
            columns = "model_version text, released_at timestamptz, recorded_at date"
            connection.execute(f"create or replace table releases ({columns})")
            if rows:
                connection.executemany("insert into releases values (?, ?::date, ?)", rows)
            connection.table("releases").write_parquet(f"{tmp_path}/{load}/model_releases/part-0.parquet")
    base = Earlier(tmp_path, "base", {"loads": {"first": {}}}, {})
    told = {load: released_since(tmp_path, Growth(base, [], [load, "requests only"])) for load in said}
    assert {load: day for load, day in told.items() if day} == {"new": "2026-03-02", "moved": "2026-02-01"}


@pytest.mark.parametrize(
    "change", ["nothing", "a load left", "a file rewritten", "another model", "no hash", "a seed left"]
)
def test_what_is_added_to_has_the_same_models_and_all_the_loads_it_was_made_of(home, checkout, built, change):
    (path,) = (home.root / "dbt").glob("*/manifest.json")
    manifest = json.loads(path.read_text().replace(f"{built.staging}/now/lake", str(home.lake)))
    _send(home, checkout, "a0", "more", "2026-03-02T09:00:00Z")
    first = min(home.lake.glob("2*"))
    if change == "a load left":
        remove(home, first.name, "a test")
    elif change == "a file rewritten":
        (file,) = first.glob("accounts/**/*.parquet")
        file.write_bytes(file.read_bytes())
    elif change == "another model":
        manifest["nodes"]["model.scaup.stg_requests"]["raw_code"] += " where true"
    elif change == "no hash":
        told = home.snapshots / str(publish.current_id(home)) / "manifest.json"
        told.chmod(0o644)
        told.write_text(told.read_text().replace('"warehouse_sha256"', '"of_an_older_scaup"'))
    elif change == "a seed left":
        told = home.snapshots / str(publish.current_id(home)) / "prints.json"
        told.chmod(0o644)
        told.write_text(json.dumps(json.loads(told.read_text()) | {"seeds.listed": {"sha256": "of names"}}))
    prints = prints_of(manifest, checkout, home.lake)
    growth = growth_of(prints, list(earlier_builds(home, home.staging)), loads_of(home.lake))
    assert (growth is not None) is (change == "nothing")
    if growth:
        assert growth.relations == ["features.feat_days"]
        assert growth.loads == [max(home.lake.glob("2*")).name]
