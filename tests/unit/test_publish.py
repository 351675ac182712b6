"""A reader sees one whole snapshot or the other, whatever dies when."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import publisher
import pytest
from door import scaup
from publisher import staged

from scaup import publish
from scaup.errors import MissingInput, UsageError
from scaup.home import Home
from scaup.publish import BuildRunning
from scaup.warehouse import open_snapshot


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def publish_three(home: Home) -> None:
    for day, name in enumerate(("first", "second", "third"), start=1):
        publish.publish(home, staged(home, name, f"2026-06-0{day}T00:00:00.000+00:00"), name)


def test_what_is_published_becomes_current(home):
    assert publish.publish(home, staged(home, "first"), "first")
    assert publish.current_id(home) == "first"
    assert (home.snapshots / "first" / "warehouse.duckdb").read_text() == "first"


def test_a_published_file_cannot_be_written_by_accident(home):
    publish.publish(home, staged(home, "first"), "first")
    assert (home.snapshots / "first" / "warehouse.duckdb").stat().st_mode & 0o222 == 0


def test_the_same_content_again_changes_nothing(home):
    publish.publish(home, staged(home, "first"), "first")
    before = (home.snapshots / "first" / "manifest.json").stat().st_mtime_ns
    assert not publish.publish(home, staged(home, "first"), "first")
    assert (home.snapshots / "first" / "manifest.json").stat().st_mtime_ns == before
    assert not (home.staging / "room" / "snapshot").exists()


def test_files_that_may_hold_what_was_erased_are_renewed_under_their_id(home):
    publish.publish(home, staged(home, "first"), "first")
    folder = staged(home, "first")
    (folder / "warehouse.duckdb").write_text("the same rows, laid out anew")
    assert not publish.publish(home, folder, "first", renews=True)
    assert (home.snapshots / "first" / "warehouse.duckdb").read_text() == "the same rows, laid out anew"
    assert (home.snapshots / "first" / "warehouse.duckdb").stat().st_mode & 0o222 == 0
    assert not folder.exists()


def test_nothing_is_taken_over_from_a_snapshot_that_is_half_renewed(home, monkeypatch):
    for text in ("first", "laid out anew"):
        folder = staged(home, "first")
        (folder / "prints.json").write_text("{}")
        (folder / "warehouse.duckdb").write_text(text)
        if text != "first":
            monkeypatch.setattr(Path, "replace", _killed_at_the_warehouse(Path.replace))
            with pytest.raises(KeyboardInterrupt):
                publish.publish(home, folder, "first", renews=True)
        else:
            publish.publish(home, folder, "first")
    left = home.snapshots / "first"
    assert (left / "warehouse.duckdb").read_text() == "first"
    assert not (left / "prints.json").exists()


def _killed_at_the_warehouse(replace: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
    def killed(path: Path, target: Path) -> Path:
        if path.name == "warehouse.duckdb":
            raise KeyboardInterrupt
        return replace(path, target)

    return killed


def test_content_that_was_rolled_back_can_be_published_again(home):
    publish_three(home)
    publish.roll_back(home)
    assert publish.publish(home, staged(home, "third"), "third")
    assert publish.current_id(home) == "third"


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [('{"as_of": "2026-06-02"}', "lacks 'built_at'"), ("[]", "is not what"), ("{", "is not what"),
     (None, "cannot be read: No such file")],
)  # fmt: skip
def test_a_snapshot_with_a_spoiled_manifest_is_named_and_hides_no_other(home, manifest, reason):
    publish_three(home)
    path = home.snapshots / "second" / "manifest.json"
    path.unlink()
    if manifest is not None:
        path.write_text(manifest)
    listed = scaup(home.root, "snapshots", expect=1)
    assert f"second is spoiled: its manifest.json {reason}" in listed.stderr
    assert [line.split()[0] for line in listed.stdout.splitlines()[1:]] == ["first", "*"]
    assert publish.roll_back(home) == "first" and publish.let_go(home, keep=1) == []
    assert publish.snapshot_ids(home) == ["first", "second", "third"]


def test_a_rollback_goes_to_the_one_built_before(home):
    publish_three(home)
    assert publish.roll_back(home) == "second"
    assert publish.roll_back(home) == "first"
    with pytest.raises(UsageError, match="oldest"):
        publish.roll_back(home)


def test_a_rollback_to_an_unknown_name_offers_the_nearest(home):
    publish_three(home)
    with pytest.raises(UsageError, match="Did you mean 'second'"):
        publish.roll_back(home, "secnd")
    assert publish.current_id(home) == "third"


def test_a_rollback_without_a_snapshot_says_how_to_get_one(home):
    with pytest.raises(MissingInput, match="scaup build"):
        publish.roll_back(home)


def test_the_list_marks_the_current_one_and_is_in_order_of_building(home):
    publish_three(home)
    publish.roll_back(home)
    assert [(one.id, one.is_current) for one in publish.list_snapshots(home)] == [
        ("first", False),
        ("second", True),
        ("third", False),
    ]


def test_old_snapshots_are_let_go_but_never_the_current_one(home):
    publish_three(home)
    publish.roll_back(home, "first")
    assert publish.let_go(home, keep=1) == ["second"]
    assert [one.id for one in publish.list_snapshots(home)] == ["first", "third"]


def test_a_reader_finishes_on_a_snapshot_that_is_let_go(home):
    publish_three(home)
    with (home.snapshots / "first" / "warehouse.duckdb").open() as reader:
        assert publish.let_go(home, keep=1) == ["first", "second"]
        assert reader.read() == "first"


def test_a_snapshot_that_is_open_stays_until_it_is_closed(home):
    publish_three(home)
    sitting = open_snapshot(home, "first")  # a shell, whose statements open the file again and again
    assert publish.let_go(home, keep=1) == ["second"]
    assert sitting.warehouse.read_text() == "first"
    del sitting
    assert publish.let_go(home, keep=1) == ["first"]


def test_a_second_build_is_told_who_is_at_work(home):
    with publish.build_lock(home):
        with pytest.raises(BuildRunning, match=f"process {os.getpid()} on "), publish.build_lock(home):
            pass
        with pytest.raises(BuildRunning):
            publish.roll_back(home)


def test_what_dead_builds_left_is_cleared_and_the_last_failures_stay(home):
    for name in ("20260101T000000-1", "failed-1", "failed-2", "failed-3", "failed-4"):
        (home.staging / name).mkdir(parents=True)
    (home.staging / "now").symlink_to("20260101T000000-1")
    home.snapshots.mkdir()
    (home.snapshots / ".current.123").write_text("half")
    publish.clear_dead_builds(home)
    assert sorted(found.name for found in home.staging.iterdir()) == ["failed-2", "failed-3", "failed-4"]
    assert list(home.snapshots.iterdir()) == []


def test_a_reader_never_sees_half_a_snapshot_over_thirty_kills_while_publishing(home):
    chance = random.Random(20260601)
    seen = set()
    for kill in range(30):
        writer = subprocess.Popen(
            [sys.executable, publisher.__file__, str(home.root), str(kill * 10_000)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"at work\n"
        before, now = publish.current_id(home), time.monotonic()
        until, patience = now + chance.uniform(0.001, 0.12), now + 20
        # Every other writer may get something done, however busy the machine is.
        while (now := time.monotonic()) < until or (
            kill % 2 and now < patience and publish.current_id(home) == before
        ):
            seen.add(_read(home))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        seen.add(_read(home))
    assert len(seen - {None}) > 10


def _read(home: Home) -> str | None:
    """What a reader finds: every file of the snapshot that the pointer names, which must agree."""
    name = publish.current_id(home)
    if name is None:
        return None
    try:
        told = json.loads((home.snapshots / name / "manifest.json").read_text())
        held = (home.snapshots / name / "warehouse.duckdb").read_text()
    except FileNotFoundError:
        # Let go between our two looks; then the pointer must have moved on by more than was kept.
        assert publish.current_id(home) != name
        return None
    assert told["snapshot_id"] == held == name
    return name
