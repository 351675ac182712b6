"""A disk that spoils a file, refuses to be written, or a clock that jumps: told, and nothing half-visible."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from played import played
from small import add_requests, small_project, write

from scaup import publish, transform
from scaup.build import BuildFailed, build
from scaup.errors import Refused
from scaup.home import Home
from scaup.ingest import ingest
from scaup.lake import damaged_files, manifests
from scaup.loads import remove
from scaup.warehouse import open_snapshot


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    return small_project(tmp_path_factory.mktemp("checkout"), project)


@pytest.fixture
def home(tmp_path: Path, built: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of the small home, in which dbt's SQL is run without dbt."""
    shutil.copytree(built.root, tmp_path / "home", symlinks=True)
    monkeypatch.setattr(transform, "run", played)
    return Home(tmp_path / "home")


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flip(data: bytes) -> bytes:
    """A byte of the first column's compressed page."""
    return data[:40] + bytes([data[40] ^ 0xFF]) + data[41:]


def footer(data: bytes) -> bytes:
    return data[:-8] + bytes(4) + data[-4:]


@pytest.mark.parametrize("spoil", [cut, flip, footer, lambda data: b""])
def test_a_spoiled_file_of_the_lake_is_named_with_its_load_and_what_to_do(
    home: Home, checkout: Path, spoil: Callable[[bytes], bytes]
) -> None:
    before = publish.current_id(home)
    add_requests(home, checkout, "two", day="2026-03-05")
    load = str(manifests(home)[-1]["load_id"])
    (path,) = (home.lake / load / "requests").rglob("*.parquet")
    path.write_bytes(spoil(path.read_bytes()))
    (found,) = damaged_files(home.lake)
    assert (found.load_id, found.path) == (load, path)
    with pytest.raises(Refused) as refused:
        build(home, checkout)
    assert str(path) in str(refused.value) and f"scaup loads remove {load}" in str(refused.value)
    assert publish.current_id(home) == before
    remove(home, load, "the disk spoiled it")
    ingest([home.root / "incoming" / "two"], home, project=checkout)
    assert build(home, checkout).manifest["relations"]["features.feat_days"]["rows"] == 6


def test_a_clock_that_jumps_back_loses_no_load_and_keeps_the_current_snapshot_current(
    home: Home, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish.current_id(home)
    ids = iter(["20200101T000000-000000-aaaa", "19990101T000000-000000-bbbb"])
    monkeypatch.setattr("scaup.ingest.new_load_id", lambda: next(ids))
    for day in ("2026-03-05", "2026-03-06"):
        add_requests(home, checkout, day, day=day)
    assert len(manifests(home)) == 3
    again = build(home, checkout)
    assert publish.current_id(home) == again.snapshot_id != first
    assert again.manifest["relations"]["features.feat_days"]["rows"] == 9
    # An event that came again in a load "before" the one that has it is still one event.
    assert ingest([home.root / "incoming" / "2026-03-05"], home, project=checkout).load_id is None


def test_hundreds_of_small_files_are_one_load_in_which_every_row_is_accounted_for(
    home: Home, checkout: Path, tmp_path: Path
) -> None:
    source = home.root / "incoming" / "one" / "requests.jsonl"
    row = json.loads(source.read_text().splitlines()[0])
    for number in range(300):
        one = {**row, "request_id": f"small-{number}", "account_id": f"s{number}"}
        write(tmp_path / "many" / f"requests-{number:04}.jsonl", json.dumps(one) + "\n")
    load = ingest([tmp_path / "many"], home, table="requests", project=checkout)
    assert load.totals["requests"] == {"read": 300, "accepted": 300, "repeated": 0, "quarantined": 0}
    assert len(list((home.lake / str(load.load_id)).rglob("*.parquet"))) <= 3
    assert build(home, checkout).manifest["relations"]["features.feat_days"]["rows"] == 303


def test_a_home_that_takes_nothing_any_more_is_one_message_and_readers_go_on(
    home: Home, checkout: Path
) -> None:
    before = publish.current_id(home)
    add_requests(home, checkout, "two", day="2026-03-05")
    shutil.rmtree(home.staging)
    home.staging.write_text("what stands here cannot be written to")
    with pytest.raises(BuildFailed, match=rf"nothing was published.*\n.*still see {before}.*has room"):
        build(home, checkout)
    with open_snapshot(home).connection() as connection:
        assert connection.execute("select count(*) from features.feat_days").fetchall() == [(3,)]
    home.staging.unlink()
    assert build(home, checkout).is_new
