"""A load can be read again when its adapter was mended, and taken out with a reason; nothing by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from door import scaup
from small import write

from scaup.errors import MissingInput, UsageError
from scaup.home import Home
from scaup.ingest import ingest
from scaup.lake import manifests
from scaup.loads import remove, retry
from scaup.quarantine import read_quarantine

VENDOR = '{{"vendor_id": "{0}", "name": "n", "recorded_at": "2026-03-01T00:00:00Z", "source_system": "t"}}\n'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def vendors(path: Path, *names: str) -> Path:
    write(path, "".join(VENDOR.format(name) for name in names))
    return path


def test_a_retried_file_counts_what_is_there_as_repeated(home, tmp_path):
    path = vendors(tmp_path / "vendors.jsonl", "a", "b")
    path.write_text(path.read_text() + '{"vendor_id": "c"}\n')
    first = ingest([path], home)
    assert first.totals["vendors"] == {"read": 3, "accepted": 2, "repeated": 0, "quarantined": 1}
    again = retry(home, first.load_id)
    assert again.totals["vendors"] == {"read": 3, "accepted": 2, "repeated": 2, "quarantined": 1}
    # The old quarantine is told by the new one, so a row is not told twice.
    assert [row.load_id for row in read_quarantine(home)[1]] == [again.load_id]
    assert [row.load_id for row in read_quarantine(home, first.load_id)[1]] == [first.load_id]


def test_a_file_that_moved_is_known_by_its_hash(home, tmp_path):
    path = vendors(tmp_path / "vendors.jsonl", "a")
    load = ingest([path], home)
    moved = path.rename(tmp_path / "moved.jsonl")
    with pytest.raises(MissingInput, match="--from PATH"):
        retry(home, load.load_id)
    assert len(manifests(home)) == 1
    assert retry(home, load.load_id, [moved]).totals["vendors"]["repeated"] == 1


def test_a_file_that_changed_is_not_retried_in_its_place(home, tmp_path):
    path = vendors(tmp_path / "vendors.jsonl", "a")
    load = ingest([path], home)
    vendors(path, "a", "b")
    with pytest.raises(MissingInput, match="no longer the file"):
        retry(home, load.load_id)


def test_a_load_is_taken_out_with_a_reason_and_later_ones_that_lean_on_it_are_named(home, tmp_path):
    first = ingest([vendors(tmp_path / "one" / "vendors.jsonl", "a", "b")], home)
    second = ingest([vendors(tmp_path / "two" / "vendors.jsonl", "b", "c")], home)
    with pytest.raises(UsageError, match="--reason"):
        remove(home, first.load_id, " ")
    done = remove(home, first.load_id, "sent by mistake")
    assert (done.rows, done.lean_on_it) == (2, (second.load_id,))
    assert [manifest["load_id"] for manifest in manifests(home)] == [second.load_id]
    (told,) = map(json.loads, (home.root / "removed-loads.jsonl").read_text().splitlines())
    assert (told["reason"], told["manifest"]["load_id"]) == ("sent by mistake", first.load_id)
    # Read again, the later load has the row that it had left out, because the other had it.
    assert retry(home, second.load_id).totals["vendors"] == {
        "read": 2, "accepted": 2, "repeated": 1, "quarantined": 0,
    }  # fmt: skip


def test_the_command_line_lists_shows_retries_and_removes(home, tmp_path):
    path = vendors(tmp_path / "vendors.jsonl", "a")
    path.write_text(path.read_text() + "nonsense\n")
    load = ingest([path], home).load_id
    listed = scaup(home.root, "quarantine", "list").stdout.splitlines()[1]
    assert listed.split() == [load, "1", "1", "vendors", "not", "JSON"]
    assert "nonsense" in scaup(home.root, "quarantine", "show", load[-4:]).stdout
    again = scaup(home.root, "quarantine", "retry", load).stdout.strip()
    assert scaup(home.root, "loads", "remove", again, "--reason", "a test").stdout.strip() == again
    assert "a test" in (home.root / "audit" / "audit.jsonl").read_text()
    assert scaup(home.root, "loads").stdout.count(load) == 1
