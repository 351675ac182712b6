"""Files that are not what they seem, odd names, and clocks that run ahead."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from door import scaup

from scaup.errors import MissingInput, UsageError
from scaup.home import Home, find_home, find_project
from scaup.ingest import Load, ingest
from scaup.loads import retry
from scaup.quarantine import read_quarantine
from scaup.rawfiles import UnreadableFile, looks_like
from scaup.warehouse import connect

HEADER = "vendor_id,name,recorded_at,source_system\n"
THEN = "2026-03-01T00:00:00Z"
GOOD = f"{HEADER}v1,n,{THEN},t\nv2,n,{THEN},t\n".encode()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def take(home: Home, name: str, data: bytes) -> Load:
    path = home.root.parent / name
    path.write_bytes(data)
    return ingest([path], home, table="vendors")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        pytest.param(
            "v.csv", GOOD.decode().encode("utf-16-le"), "is UTF-16 text", id="UTF-16 without a mark"
        ),
        pytest.param(
            "v.jsonl", b'\x00{\x00"\x00a\x00"\x00:\x001\x00}', "is UTF-16 text", id="UTF-16 of JSON"
        ),
        pytest.param("v.csv", GOOD.decode().encode("utf-32"), "is UTF-32 text", id="UTF-32"),
        pytest.param("v.csv", b"7z\xbc\xaf\x27\x1cxxxx", "is a 7z archive", id="7z"),
        pytest.param(
            "v.csv.gz",
            gzip.compress(gzip.compress(GOOD)),
            "below its gzip: it is gzip-compressed",
            id="gzip in gzip",
        ),
        pytest.param(
            "v.csv.gz",
            gzip.compress(b"PK\x03\x04xxxxxx"),
            "below its gzip: it is a zip archive",
            id="zip in gzip",
        ),
        pytest.param("v.csv.gz", gzip.compress(GOOD) + b"more", "or more follows it", id="more after gzip"),
        pytest.param(
            "v.csv",
            GOOD.replace(b"\n", b"\r"),
            "its header has a carriage return within it",
            id="lines that end in CR",
        ),
        pytest.param(
            "v.csv",
            HEADER.upper().encode() + b"v1,n,x,t\n",
            "'vendor_id'. Did you mean 'VENDOR_ID'",
            id="capitals",
        ),
    ],
)
def test_what_is_no_text_of_rows_is_told_for_what_it_is(home, name, data, said):
    with pytest.raises(UnreadableFile) as raised:
        take(home, name, data)
    assert said in str(raised.value) and name in str(raised.value)
    assert not list(home.lake.glob("[!._]*"))


def test_members_of_a_gzip_file_are_one_file_and_a_column_may_be_called_orcid(home):
    load = take(home, "v.csv.gz", gzip.compress(GOOD[:40]) + gzip.compress(GOOD[40:]) + b"\x00" * 512)
    assert load.totals["vendors"]["accepted"] == 2
    assert looks_like(b"ORCID,name") is None and looks_like(b"vendor_i") is None and looks_like(b"") is None


def test_a_column_without_a_name_or_with_one_of_ours_is_told_like_any_other(home):
    data = f"vendor_id,name,recorded_at,source_system,,source_line\nv1,n,{THEN},t,x,9\n".encode()
    (remark,) = take(home, "v.csv", data).files[0].remarks
    assert remark.endswith("kept out: '', 'source_line'")
    with connect() as connection:
        path = home.root.parent / "vendors.parquet"
        connection.sql("select 'v' as vendor_id, 1 as file_row_number").write_parquet(str(path))
    with pytest.raises(UnreadableFile, match=r"named file_row_number.*Rename it"):
        ingest([path], home)


def test_a_name_that_is_no_utf_8_is_loaded_shown_and_tried_again(home, tmp_path):
    path = Path(os.fsdecode(bytes(tmp_path) + b"/vendors.\xff\xfe.csv"))
    path.write_bytes(GOOD + b"cut\n")
    load = ingest([path], home)
    assert load.totals["vendors"]["quarantined"] == 1
    shown = scaup(home.root, "quarantine").stdout
    assert r"vendors.\xff\xfe.csv:4" in shown
    assert retry(home, str(load.load_id)).totals["vendors"]["read"] == 3


def test_a_link_that_leads_nowhere_says_so(home, tmp_path):
    (tmp_path / "vendors.csv").symlink_to("elsewhere.csv")
    with pytest.raises(MissingInput, match=r"vendors\.csv is a link to elsewhere\.csv, which is not there"):
        ingest([tmp_path / "vendors.csv"], home)


def test_a_load_of_a_relative_path_is_tried_again_from_anywhere(home, tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "vendors.csv").write_bytes(GOOD)
    monkeypatch.chdir(tmp_path)
    load = ingest([Path("in")], home)
    monkeypatch.chdir("/")
    assert retry(home, str(load.load_id)).totals["vendors"]["repeated"] == 2


def rows_of(*moments: datetime) -> bytes:
    lines = [f"v{number},n,{moment:%Y-%m-%dT%H:%M:%SZ},t\n" for number, moment in enumerate(moments)]
    return (HEADER + "".join(lines)).encode()


def test_a_row_from_the_future_is_set_aside_and_no_snapshot_takes_it_for_now(home):
    now = datetime.now(UTC)
    soon, later = now + timedelta(hours=23), now + timedelta(hours=25)
    load = take(home, "v.csv", rows_of(now, soon, later, now, datetime(9999, 12, 31, tzinfo=UTC)))
    assert load.totals["vendors"]["quarantined"] == 2
    told = [(row.line, row.reason) for row in read_quarantine(home)[1]]
    assert told == [(4, "recorded_at: in the future"), (6, "recorded_at: in the future")]


def test_where_most_rows_are_ahead_it_is_our_clock_that_is_doubted(home):
    later = datetime.now(UTC) + timedelta(days=300)
    far = datetime(2100, 1, 2, tzinfo=UTC)
    load = take(home, "v.csv", rows_of(later, later, far))
    assert load.totals["vendors"] == {"read": 3, "accepted": 2, "repeated": 0, "quarantined": 1}
    assert "is this clock right" in load.files[0].remarks[0]


@pytest.mark.parametrize("name", ["it's", "a*", "[x]", "{x}", "a\nb", 'a"b'])
def test_a_home_whose_path_would_be_read_as_something_else_is_refused_before_anything_is_made(tmp_path, name):
    (tmp_path / "vendors.csv").write_bytes(GOOD)
    with pytest.raises(UsageError, match="Choose another: --home, or SCAUP_HOME"):
        find_home(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["vendors.csv"]
    assert find_home(tmp_path / "ho me é").root == tmp_path / "ho me é"


def test_a_project_that_is_none_is_one_message(tmp_path, monkeypatch):
    monkeypatch.setenv("SCAUP_PROJECT", str(tmp_path))
    with pytest.raises(MissingInput, match=r"no dbt_project\.yml"):
        find_project()
