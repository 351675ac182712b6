"""Raw files: found once, in order, and known by what they are rather than what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaup.contract import read_contract
from scaup.errors import UsageError
from scaup.rawfiles import UnreadableFile, find_raw_files, table_of

CONTRACT = read_contract()


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("raw/logins/day=2026-03-01/part-0.parquet", "logins"),
        ("raw/logins.2026-03-01.csv.gz", "logins"),
        ("logins/accounts.csv", "accounts"),
        ("accounts/logins/x.csv", "logins"),
    ],
)
def test_a_file_holds_the_table_that_its_name_or_nearest_folder_says(path, table):
    assert table_of(Path(path), CONTRACT) == table


def test_a_name_that_is_nearly_a_table_is_answered_with_it():
    with pytest.raises(UsageError, match="Did you mean 'logins'"):
        table_of(Path("exports/login.csv"), CONTRACT)


def test_each_file_is_found_once_in_order_however_often_it_is_named(tmp_path):
    for name in ("b.csv", "a.jsonl", "c/d.parquet", ".e.csv", "_f.csv", ".f", "_SUCCESS", "g.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"PAR1PAR1" if name.endswith("parquet") else b"x\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    found, passed_over = find_raw_files([tmp_path, tmp_path / "b.csv", tmp_path / "c/../a.jsonl"])
    assert [str(file.path.relative_to(tmp_path)) for file in found] == ["a.jsonl", "b.csv", "c/d.parquet"]
    assert passed_over == [tmp_path / ".e.csv", tmp_path / "_f.csv", tmp_path / "g.txt"]


def test_a_file_that_changed_under_our_hands_is_refused(tmp_path):
    path = tmp_path / "logins.csv"
    path.write_text("a\n1\n")
    [file], _ = find_raw_files([path])
    file.refuse_if_changed()
    with path.open("a") as stream:
        stream.write("2\n")
    with pytest.raises(UnreadableFile, match="changed while it was read"):
        file.refuse_if_changed()
    path.unlink()
    with pytest.raises(UnreadableFile, match="went away"):
        file.refuse_if_changed()
