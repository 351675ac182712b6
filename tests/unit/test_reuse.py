"""A build computes what has changed and what reads it, and copies the rest; the result is the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small import add_requests, small_project, write

from scaup import growth, publish
from scaup.build import Built, build
from scaup.errors import Refused
from scaup.home import Home
from scaup.plan import Options
from scaup.prints import prints_of
from scaup.warehouse import connect, open_snapshot

MORE = 'select account_id, max(request_count) as busiest from {{ ref("feat_days") }} group by account_id\n'
MORE_YML = """models:
  - name: feat_more
    description: One row per account.
    columns:
      - {name: account_id, description: The account.}
      - {name: busiest, description: Requests on the busiest day.}
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    return small_project(tmp_path_factory.mktemp("checkout"), project)


@pytest.fixture
def changed(tmp_path: Path, checkout: Path) -> Path:
    """A checkout with one model more, and another clock that tells the same time."""
    ignored = shutil.ignore_patterns("logs", "target")
    copy = Path(shutil.copytree(checkout, tmp_path / "checkout", ignore=ignored))
    write(copy / "models/marts/features/feat_more.sql", MORE)
    write(copy / "models/marts/features/feat_more.yml", MORE_YML)
    clock = copy / "models/intermediate/int_snapshot_clock.sql"
    write(clock, clock.read_text() + "where true\n")
    return copy


def _told(home: Home, checkout: Path, fresh: bool = False) -> tuple[Built, list[str]]:
    lines: list[str] = []
    done = build(home, checkout, Options(fresh=fresh), say=lines.append)
    return done, [line for line in lines if line.startswith(("Keeping", "Redoing"))]


def test_only_what_changed_is_redone_and_the_snapshot_is_that_of_a_fresh_build(home, changed):
    before = publish.current_id(home)
    after, told = _told(home, changed)
    assert told == [
        f"Keeping 1 table of snapshot {before}.",
        "Redoing 1 (its SQL, or what all models share, has changed): int_snapshot_clock.",
        "Redoing 1 (new): feat_more.",
    ]
    fresh, nothing_told = _told(home, changed, fresh=True)
    assert (fresh.snapshot_id, nothing_told) == (after.snapshot_id, [])
    assert after.manifest["checks"] == fresh.manifest["checks"]  # what was copied is checked all the same


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"copies": 7}, ["Keeping 2"]),
        ({"loads": {"gone": "a load's files"}}, ["Keeping 1", "Redoing 1"]),
        ({"loads": {}}, ["Keeping 1", "Redoing 1"]),
        (None, []),
    ],
)
def test_what_came_to_the_same_content_is_kept_the_next_time(home, checkout, changed, said, told):
    """But not by way of a file that was built of what has left the lake, or that says nothing of itself."""
    for name in ("feat_more.sql", "feat_more.yml"):
        (changed / "models/marts/features" / name).unlink()
    prints = open_snapshot(home).warehouse.with_name("prints.json")
    before = json.loads(prints.read_text())
    prints.unlink()
    if said:
        prints.write_text(json.dumps(before | said))
    same, _ = _told(home, changed)
    assert not same.is_new
    again, lines = _told(home, changed)
    assert again.snapshot_id == same.snapshot_id
    assert [" ".join(line.split()[:2]) for line in lines] == told
    if len(told) == 1:
        assert json.loads(prints.read_text())["copies"] == 7  # the file is the one that was there


def test_a_refused_or_killed_build_hands_on_what_it_had_finished_unless_its_file_is_broken(
    home, checkout, changed
):
    add_requests(home, checkout, "busy", per_account=4, day="2026-03-02")
    with pytest.raises(Refused):
        build(home, checkout)
    (refused,) = (path for path in home.staging.iterdir() if path.name.startswith("failed-"))
    killed = refused.rename(home.staging / refused.name.removeprefix("failed-"))
    broken = Path(shutil.copytree(killed, home.staging / "20990101T000000-1"))
    (broken / "snapshot" / "warehouse.duckdb").write_bytes(b"not a database")
    yml = checkout / "models/marts/features/both.yml"
    loose = changed / yml.relative_to(checkout)
    write(loose, yml.read_text().replace("maximum: 3", "maximum: 4"))
    after, told = _told(home, changed)
    assert told[0] == "Keeping 1 table of a build that was interrupted."
    assert after.manifest["relations"]["features.feat_days"]["rows"] == 6
    assert not killed.exists() and not broken.exists()


@pytest.mark.parametrize("is_copied", [True, False])
def test_a_snapshot_that_was_touched_is_not_carried_on(home, checkout, monkeypatch, is_copied):
    if not is_copied:  # as a whole file; its tables are
        monkeypatch.setattr(growth, "growth_of", lambda *_: None)
    snapshot = open_snapshot(home)
    snapshot.warehouse.chmod(0o644)
    with connect(snapshot.warehouse) as connection:
        connection.execute("update features.feat_days set request_count = 3 where account_id = 'a1'")
    named = "snapshot" if is_copied else r"features\.feat_days of snapshot"
    with pytest.raises(Refused, match=rf"(?s)published: {named} .*--fresh"):
        build(home, checkout)


@pytest.fixture
def prints(home: Home, checkout: Path) -> Callable[[], dict[str, str]]:
    """The prints that a build of the home's lake would have, each as its hash."""
    (path,) = (home.root / "dbt").glob("*/manifest.json")
    manifest = json.loads(path.read_text())
    return lambda: {name: one.sha256 for name, one in prints_of(manifest, checkout, home.lake).items()}


def test_a_print_changes_with_the_files_of_the_tables_that_it_reads(home, prints):
    before = prints()
    (file,) = home.lake.glob("2*/requests/**/*.parquet")
    file.write_bytes(file.read_bytes())
    after = prints()
    assert {name for name in before if before[name] != after[name]} == {
        "raw.requests", "staging.stg_requests", "features.feat_days", "intermediate.int_snapshot_clock",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name, value, same",
    [
        ("SCAUP_THREADS", "7", True),
        ("SCAUP_SPILL_LIMIT", "20GiB", True),
        ("SCAUP_KEY_PASSPHRASE", "secret", True),
        ("SCAUP_AS_OF", "2026", False),
    ],
)
def test_a_print_changes_with_settings_that_may_change_rows(prints, monkeypatch, name, value, same):
    before = prints()
    monkeypatch.setenv(name, value)
    assert (prints() == before) is same


def test_a_print_is_the_same_wherever_the_lake_lies(home, checkout, built, tmp_path):
    (path,) = (home.root / "dbt").glob("*/manifest.json")

    def prints_at(lake: Path) -> dict[str, str]:
        lake.symlink_to(home.lake)
        manifest = json.loads(path.read_text())
        for source in manifest["sources"].values():
            meta = source["config"]["meta"]
            where = meta["external_location"]
            assert str(built.staging) in where
            meta["external_location"] = where.replace(f"{built.staging}/now/lake", str(lake))
        for node in manifest["nodes"].values():
            node["raw_code"] += '{% set nodes = graph.get("nodes", {}) %}'
        return {name: one.sha256 for name, one in prints_of(manifest, checkout, lake).items()}

    assert prints_at(tmp_path / "lake") == prints_at(tmp_path / "\u00e4lterer lake")


@pytest.mark.parametrize(
    "text, reads", [('{% set nodes = graph["nodes"] %}', True), ("-- Each is in the graph once.", False)]
)
def test_what_files_say_of_themselves_counts_for_a_model_that_reads_it(home, checkout, text, reads):
    (path,) = (home.root / "dbt").glob("*/manifest.json")

    def print_of(name: str, owner: str) -> str:
        manifest = json.loads(path.read_text())
        manifest["nodes"]["model.scaup.feat_days"]["raw_code"] += text
        manifest["nodes"]["model.scaup.stg_accounts"]["config"]["meta"] = {"owner": owner}
        return prints_of(manifest, checkout, home.lake)[name].sha256

    assert (print_of("features.feat_days", "one") != print_of("features.feat_days", "other")) is reads
