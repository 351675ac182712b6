"""Small files are read together, and each is told and counted as if it were alone."""

from __future__ import annotations

import gzip
import json
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaup.contract import read_contract
from scaup.home import Home
from scaup.ingest import Load, ingest
from scaup.lake import lake_files
from scaup.quarantine import read_quarantine
from scaup.rawfiles import UnreadableFile
from scaup.warehouse import connect

CONTRACT = read_contract()
HEADER = "vendor_id,name,recorded_at,source_system"
MOMENT = "2026-03-01T00:00:00Z"


def line_of(kind: str, number: int, is_json: bool) -> tuple[bytes, str | None]:
    """A line of a kind, and why it does not fit: None if it does, 'blank' if it is no row."""
    given = {"vendor_id": f"v{number}", "name": "n", "recorded_at": MOMENT, "source_system": "t"}
    if kind == "late":
        given["recorded_at"] = "soon"
    elif kind == "nameless":
        given["vendor_id"] = ""
    elif kind == "wide" and is_json:
        given["more"] = "x"
    line = (json.dumps(given) if is_json else ",".join(given.values())).encode()
    if kind == "blank":
        return b"", "blank"
    if kind == "not text":
        return line.replace(b"n", b"\xff", 1), "invalid UTF-8"
    if kind == "nul":
        return line.replace(b"n", b"\x00", 1), "NUL byte"
    if kind == "cut":
        return b"{alone", "not JSON" if is_json else "unknown shape: 1 field, expected 4"
    return line, {"late": "recorded_at: not a timestamptz", "nameless": "vendor_id: missing"}.get(kind)


KINDS = st.sampled_from(["good", "good", "late", "nameless", "wide", "blank", "not text", "nul", "cut"])
FILES = st.lists(
    st.tuples(
        st.sampled_from(["jsonl", "csv", "jsonl.gz", "csv.gz"]),
        st.lists(st.tuples(KINDS, st.integers(0, 9)), min_size=1, max_size=6),
        st.booleans(),  # a byte order mark
        st.booleans(),  # CRLF
        st.booleans(),  # a line feed at the end
    ),
    min_size=2,
    max_size=8,
)


@settings(max_examples=8, deadline=None)
@given(FILES)
def test_each_of_many_small_files_is_accounted_for_by_its_own_lines(files) -> None:
    with tempfile.TemporaryDirectory() as folder:
        expected, fits = {}, []
        for place, (ending, chosen, has_mark, has_returns, has_end) in enumerate(files):
            is_json = ending.startswith("jsonl")
            lines, misfits, rows = ([] if is_json else [HEADER.encode()]), [], 0
            # A first line that fits makes the file one that can be read.
            for kind, number in [("good", 100 + place), *chosen]:
                line, reason = line_of(kind, number, is_json)
                lines.append(line)
                rows += reason != "blank"
                if reason is None:
                    fits.append(f"v{number}")
                elif reason != "blank":
                    misfits.append((len(lines), reason))
            end = b"\r\n" if has_returns else b"\n"
            data = b"\xef\xbb\xbf" * has_mark + end.join(lines) + end * has_end
            path = Path(folder) / "in" / "vendors" / f"{place:03}.{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(data, mtime=place) if ending.endswith("gz") else data)
            expected[str(path)] = (rows, sorted(misfits))
        home = Home(Path(folder) / "home")
        load = ingest([Path(folder) / "in"], home)
        aside = read_quarantine(home, limit=1000)[1]
        for file in load.files:
            rows, misfits = expected.pop(file.path)
            assert (file.rows_read, file.rows_quarantined) == (rows, len(misfits))
            assert sorted((row.line, row.reason) for row in aside if row.file == file.path) == misfits
        skipped = {path for path, _, _ in load.skipped}
        assert set(expected) <= skipped  # the very same bytes are read once
        assert sum(file.rows_accepted - file.rows_repeated for file in load.files) == len(set(fits))
        assert stored(home) == sorted(set(fits))


def stored(home: Home) -> list[str]:
    with connect() as connection:
        paths = [str(path) for path in lake_files(home, CONTRACT.table("vendors"))]
        return [one for (one,) in connection.read_parquet(paths).project("vendor_id").order("all").fetchall()]


def folder_of(folder: Path, texts: list[str]) -> Path:
    folder.mkdir()
    for place, text in enumerate(texts):
        (folder / f"{place:04}.csv").write_text(text)
    return folder


def row(name: str, said: str = "n") -> str:
    return f"{name},{said},{MOMENT},t\n"


def take(folder: Path, home: Home) -> Load:
    return ingest([folder], home, table="vendors")


def test_of_rows_that_contradict_each_other_the_one_of_the_first_file_stands(tmp_path) -> None:
    texts = [row("a", "first"), row("a", "second") + row("b"), row("b") + row("a", "first")]
    load = take(folder_of(tmp_path / "in", [f"{HEADER}\n{text}" for text in texts]), Home(tmp_path / "home"))
    counts = [(one.rows_read, one.rows_repeated, one.rows_quarantined) for one in load.files]
    assert counts == [(1, 0, 0), (2, 0, 1), (2, 2, 0)]
    (aside,) = read_quarantine(Home(tmp_path / "home"))[1]
    assert (Path(aside.file).name, aside.line, aside.raw) == ("0001.csv", 2, row("a", "second").strip())


def test_one_small_file_that_cannot_be_read_is_named_and_nothing_is_loaded(tmp_path) -> None:
    good = f"{HEADER}\n{row('a')}"
    for wrong, said in {
        f"{HEADER}\n": r"0001\.csv has no rows",
        f"vendor_id,name,source_system\n{row('b')}": r"0001\.csv cannot be read as vendors.*'recorded_at'",
        "": r"0001\.csv is empty",
        f"{HEADER},name\n": r"0001\.csv names columns more than once",
    }.items():
        home = Home(tmp_path / "home")
        source = folder_of(tmp_path / f"in-{len(wrong)}", [good, wrong, f"{HEADER}\n{row('c')}"])
        with pytest.raises(UnreadableFile, match=said):
            take(source, home)
        assert not list(home.lake.glob("[!._]*"))


def test_a_column_more_is_told_of_the_file_that_has_it(tmp_path) -> None:
    (tmp_path / "in").mkdir()
    given = {"vendor_id": "a", "name": "n", "recorded_at": MOMENT, "source_system": "t"}
    (tmp_path / "in" / "0.jsonl").write_text(json.dumps(given) + "\n")
    (tmp_path / "in" / "1.jsonl").write_text(json.dumps({**given, "vendor_id": "b", "region": "x"}) + "\n")
    plain, drifted = take(tmp_path / "in", Home(tmp_path / "home")).files
    assert plain.remarks == ()
    assert "'region'" in drifted.remarks[0]


def test_a_thousand_small_files_cost_little_more_each_than_their_hash(tmp_path) -> None:
    source = folder_of(tmp_path / "in", [f"{HEADER}\n{row(f'v{number}')}" for number in range(1000)])
    started = time.process_time()
    load = take(source, Home(tmp_path / "home"))
    assert load.totals["vendors"]["accepted"] == len(load.files) == 1000
    assert time.process_time() - started < 10  # 25 ms each when each was read alone


def parquet(folder: Path, name: str, rows: Sequence[tuple[str | None, str | None]], more: str = "") -> None:
    """A Parquet file of vendors with these ids and names, and perhaps another column."""
    folder.mkdir(exist_ok=True)
    table = pa.table(
        {
            "vendor_id": pa.array([one for one, _ in rows], pa.string()),
            "name": pa.array([said for _, said in rows], pa.string()),
            "recorded_at": pa.array([datetime(2026, 3, 1, tzinfo=UTC)] * len(rows)),
            "source_system": ["t"] * len(rows),
            **({more: [7] * len(rows)} if more else {}),
        }
    )
    pq.write_table(table, folder / name)


def test_small_parquet_files_of_one_schema_are_told_apart_by_their_rows(tmp_path) -> None:
    folder = tmp_path / "in"
    parquet(folder, "0[1].parquet", [("a", "first"), ("b", None)])
    parquet(folder, "1'.parquet", [("c", "n"), ("d", "n"), ("a", "second")])
    parquet(folder, "2.parquet", [("e", "n")], more="region")
    parquet(folder, "3.parquet", [(None, "n"), ("c", "n"), ("f", "n")])
    load = take(folder, Home(tmp_path / "home"))
    counts = {
        Path(one.path).name: (one.rows_read, one.rows_repeated, one.rows_quarantined) for one in load.files
    }
    assert counts == {"0[1].parquet": (2, 0, 1), "1'.parquet": (3, 0, 1), "2.parquet": (1, 0, 0),
                      "3.parquet": (3, 1, 1)}  # fmt: skip
    aside = {
        (Path(one.file).name, one.line): one.reason for one in read_quarantine(Home(tmp_path / "home"))[1]
    }
    assert aside == {
        ("0[1].parquet", 2): "name: missing",
        ("1'.parquet", 3): "key and recorded_at already loaded with other content",
        ("3.parquet", 1): "vendor_id: missing",
    }
    assert [bool(one.remarks) for one in load.files] == [False, False, True, False]
    assert stored(Home(tmp_path / "home")) == ["a", "c", "d", "e", "f"]


def test_a_damaged_parquet_file_among_small_ones_is_named(tmp_path) -> None:
    folder = tmp_path / "in"
    for number in range(3):
        parquet(folder, f"{number}.parquet", [(f"a{number}", "n")])
    data = (folder / "1.parquet").read_bytes()
    for broken in (data[:-8] + b"\xff\xff\xff\x7fPAR1", data[:4] + b"\xff" * 40 + data[44:]):
        (folder / "1.parquet").write_bytes(broken)
        with pytest.raises(UnreadableFile, match=r"1\.parquet"):
            take(folder, Home(tmp_path / "home"))
        assert not list((tmp_path / "home" / "lake").glob("[!._]*"))
