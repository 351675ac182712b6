"""Raw files: found once, in order, and known by what they are rather than what they are called."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest
from door import PROJECT

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


def test_the_files_of_a_folder_that_is_linked_to_are_found(tmp_path):
    outside = tmp_path / "disk" / "logins"
    outside.mkdir(parents=True)
    (outside / "a.csv").write_text("x\n")
    (outside / "back").symlink_to(tmp_path)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "logins").symlink_to(outside)
    found, passed_over = find_raw_files([tmp_path / "exports"])
    assert ([file.path for file in found], passed_over) == ([tmp_path / "exports/logins/a.csv"], [])


@pytest.mark.parametrize("closed", ["exports/logins", "exports/logins/a.csv", "home"])
def test_what_may_not_be_read_or_written_is_named_and_nothing_is_loaded(tmp_path, closed):
    for name in ("home", "exports/logins", "exports/requests"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("logins/a.csv", "requests/b.csv"):
        (tmp_path / "exports" / name).write_text("x\n")
    (tmp_path / closed).chmod(0)
    done = subprocess.run(
        [sys.executable, "-m", "scaup", "ingest", str(tmp_path / "exports")],
        env={**os.environ, "SCAUP_HOME": str(tmp_path / "home"), "SCAUP_PROJECT": str(PROJECT)},
        cwd=PROJECT, capture_output=True, text=True, preexec_fn=without_roots_rights, check=False,
    )  # fmt: skip
    (tmp_path / closed).chmod(0o700)
    assert (
        done.returncode == 1 and f"{tmp_path / closed}" in done.stderr and "Permission denied" in done.stderr
    )
    assert "Traceback" not in done.stderr and list((tmp_path / "home").iterdir()) == []


def without_roots_rights() -> None:
    """Root reads and writes what it likes; from the next program on, this process does not."""
    system = ctypes.CDLL(None)
    for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH; whoever is not root has neither
        system.prctl(24, right)  # PR_CAPBSET_DROP


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
