"""Broken and hostile files through ingest: refused with one message, or every line accounted for."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from door import scaup

from scaup.errors import ScaupError
from scaup.home import Home
from scaup.ingest import Load, ingest
from scaup.quarantine import read_quarantine

CORPUS = Path(__file__).parent / "data" / "files.jsonl"
HEADER = b"vendor_id,name,recorded_at,source_system\n"
GOOD = b"%s,good,2026-03-01T00:00:00Z,test\n"
SUFFIX = {"json": "jsonl", "csv": "csv", "parquet": "parquet"}


@dataclass(frozen=True)
class Hostile:
    """One file of the corpus. `expect` is what a JSON parser has to do with it, where that is known."""

    kind: str
    name: str
    data: bytes
    expect: str | None


def corpus() -> list[Hostile]:
    rows = map(json.loads, CORPUS.read_text(encoding="utf-8").splitlines())
    return [Hostile(r["kind"], r["name"], base64.b64decode(r["b64"]), r.get("expect")) for r in rows]


FILES = corpus()
# One JSON text on one line, with a verdict: taken together, in one load.
CONFORMANCE = [
    file
    for file in FILES
    if file.expect in ("accept", "reject") and b"\n" not in file.data.rstrip(b"\n") and file.data.strip()
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("hostile"))


def visible(home: Home) -> set[str]:
    return {path.name for path in home.lake.glob("[!._]*")}


def take(home: Home, path: Path, table: str = "vendors") -> Load | None:
    """The load, or None when the file was refused: then with a message, and with nothing changed."""
    before = visible(home)
    try:
        load = ingest([path], home, table=table)
    except ScaupError as error:
        assert str(error) and path.name in str(error)
        assert visible(home) == before
        return None
    for file in load.files:
        assert file.rows_read == file.rows_accepted + file.rows_quarantined
    return load


def lines_with_something(data: bytes) -> int:
    return sum(bool(line.strip(b" \t\r")) for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"))


@pytest.mark.parametrize("kind", SUFFIX)
def test_a_hostile_file_is_refused_or_accounted_for(home, tmp_path, kind, record_property):
    files = [file for file in FILES if file.kind == kind and file not in CONFORMANCE]
    record_property("broken_files", len(files))
    assert files
    for number, file in enumerate(files):
        path = tmp_path / f"{number}.{SUFFIX[kind]}"
        path.write_bytes(file.data)
        load = take(home, path)
        if load and load.files and kind == "json":
            assert load.files[0].rows_read == lines_with_something(file.data), file.name
        if kind == "parquet":
            # None of them has the contract's columns: whatever a reader makes of it, it is not a table.
            assert load is None, file.name


def test_hostile_lines_below_a_good_header_cost_no_good_row(home, tmp_path):
    files = {
        tmp_path / f"{number:03}.csv": file.data
        for number, file in enumerate(file for file in FILES if file.kind == "csv")
    }
    for number, (path, data) in enumerate(files.items()):
        path.write_bytes(HEADER + GOOD % (b"before-%d" % number) + data + b"\n\n")
    load = ingest([tmp_path], home, table="vendors")
    assert len(load.files) + len(load.skipped) == len(files)
    for file in load.files:
        assert file.rows_read == file.rows_accepted + file.rows_quarantined
        assert file.rows_accepted >= 1, file.path
        data = files[Path(file.path)]
        if b'"' not in data:  # otherwise a record may rightly run over several lines
            lines = (data + b"\n").split(b"\n")[:-1]
            blank = sum(line in (b"", b"\r") for line in lines)
            assert file.rows_read == 1 + len(lines) - blank, file.path


def test_json_is_told_from_what_only_looks_like_it(home, tmp_path):
    cases = CONFORMANCE
    assert len(cases) > 120
    lines = [
        b'{"vendor_id": "v%d", "name": "x", "recorded_at": "2026-03-01T00:00:00Z", "source_system": %s}'
        % (number, file.data.rstrip(b"\n"))
        for number, file in enumerate(cases)
    ]
    path = tmp_path / "conformance.jsonl"
    path.write_bytes(b"\n".join(lines))
    load = take(home, path)
    assert load is not None and load.files[0].rows_read == len(cases)
    found = {row.line: row.reason for row in read_quarantine(home, load.load_id, limit=1000)[1]}
    shapeless = ("not JSON", "invalid UTF-8", "NUL byte")
    for line, file in enumerate(cases, 1):
        refused = found.get(line, "") in shapeless
        assert refused == (file.expect == "reject"), (file.name, file.data, found.get(line))


def test_the_quarantine_of_hostile_files_is_shown_without_one_control_character(home):
    shown = scaup(home.root, "quarantine", "--limit", "2000").stdout
    assert len(shown) > 10_000
    assert {letter for letter in shown if not letter.isprintable()} == {"\n"}
    rows = scaup(home.root, "quarantine", "--limit", "2000", "--json").stdout
    assert rows.isascii() and all(json.loads(row)["raw"] is not None for row in rows.splitlines())
