"""Physical lines and CSV records: nothing is lost, whatever the bytes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaup.lines import CsvRecords, Misfit, Record, blocks, fields_of
from scaup.rawfiles import RawFile, UnreadableFile

QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)


def file_of(folder: Path, data: bytes) -> RawFile:
    path = folder / "rows.csv"
    path.write_bytes(data)
    return RawFile(path, "csv", False, (0, 0))


def read(folder: Path, data: bytes) -> tuple[list[Record | Misfit], CsvRecords]:
    records = CsvRecords(file_of(folder, data))
    return list(records), records


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@QUIET
@given(rows=st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=8), end=st.sampled_from(["\n", "\r\n"]))
def test_whatever_a_csv_writer_wrote_is_read_back(tmp_path, rows, end):
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    found, _ = read(tmp_path, stream.getvalue().encode())
    assert [record.fields for record in found if isinstance(record, Record)] == rows


@QUIET
@given(data=st.lists(st.sampled_from([b"a", b",", b'"', b"\n", b"\r", b"\x00", b"\xff", b'"\n"', b"a,b\n"])))
def test_every_physical_line_is_accounted_for_whatever_the_bytes(tmp_path, data):
    data = b"a,b\n" + b"".join(data)
    found, records = read(tmp_path, data)
    assert records.counted == data.count(b"\n") + (not data.endswith(b"\n"))
    assert records.spanned + records.blank == records.counted
    assert all(len(record.fields) == 2 for record in found if isinstance(record, Record))


def test_a_quote_that_is_never_closed_costs_its_own_line_and_no_other(tmp_path):
    found, _ = read(tmp_path, b'a,b\n1,"one\n2,two\n3,three\n4,"four\n')
    assert [(one.line, getattr(one, "fields", None) or one.reason) for one in found] == [
        (2, "quote not closed"),
        (3, ["2", "two"]),
        (4, ["3", "three"]),
        (5, "quote not closed"),
    ]


def test_a_record_over_several_lines_keeps_its_first_line_and_its_text(tmp_path):
    found, _ = read(tmp_path, b'\xef\xbb\xbfa,b\r\n1,"one\r\n""two"""\r\n\r\n2,x\r\n')
    assert found == [Record(2, '1,"one\r\n""two"""', ["1", 'one\r\n"two"']), Record(5, "2,x")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1", "unknown shape: 1 field, expected 2"),
        (b"1,2,3", "unknown shape: 3 fields, expected 2"),
        (b'1,"x"y', "misplaced quote or carriage return"),
        (b'1,x"y"', "misplaced quote or carriage return"),
        (b"1,x\ry", "misplaced quote or carriage return"),
        (b"1,\x00", "NUL byte"),
        (b"1,\xc3", "invalid UTF-8"),
        (b"1,\xed\xa0\x80", "invalid UTF-8"),
    ],
)
def test_a_line_without_shape_is_set_aside_with_its_reason(tmp_path, line, reason):
    found, _ = read(tmp_path, b"a,b\n" + line + b"\n2,y\n")
    assert [(found[0].line, found[0].reason), found[1]] == [(2, reason), Record(3, "2,y")]


def test_lines_are_cut_at_line_feeds_alone(tmp_path):
    text = "a\u2028b\x0bc\x85d"
    assert [block.lines for block in blocks(file_of(tmp_path, text.encode() + b"\nlast"))] == [[text, "last"]]


def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory(tmp_path):
    path = tmp_path / "rows.csv"
    with path.open("wb") as stream:
        stream.truncate(64 << 20)
    with pytest.raises(UnreadableFile, match="line of over 16 MiB"):
        list(blocks(RawFile(path, "csv", False, (0, 0))))


def test_fields_are_those_of_rfc_4180():
    assert fields_of('a,"b ""c"",",') == ["a", 'b "c",', ""]
    assert fields_of('"a"b') is None
    assert fields_of("") == [""]
