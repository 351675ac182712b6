"""What a reader spills is its own, and goes with it, or with the next build when the reader was killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_snapshot import tiny_snapshot

from scaup.errors import UsageError
from scaup.home import Home
from scaup.project import Question
from scaup.publish import clear_dead_builds
from scaup.questions import QuestionFailed, ask
from scaup.spill import SPILL_LIMIT, spill_folder, spill_limit
from scaup.warehouse import connect_locked, open_snapshot

# More than fits: both readers sort at once, and tell the sum of what they got.
SORTING = """
import sys
from pathlib import Path
from scaup.home import Home
from scaup.warehouse import open_snapshot

snapshot = open_snapshot(Home(Path(sys.argv[1])))
with snapshot.connection(memory_limit="40MB", threads=1) as connection:
    found = connection.execute("select md5(i::varchar) as word, i from range(800000) as t(i) order by word")
    total = found.fetchone()[1]
    print(snapshot.spill.is_dir(), flush=True)
    sys.stdin.readline()
    while rows := found.fetchmany(100_000):
        total += sum(row[1] for row in rows)
print(total)
"""


def test_two_readers_that_spill_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    tiny_snapshot(home.root)
    (tmp_path / "reader.py").write_text(SORTING)  # without a file, DuckDB takes Python for interactive
    readers = [
        subprocess.Popen(
            [sys.executable, str(tmp_path / "reader.py"), str(home.root)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [reader.stdout.readline() for reader in readers if reader.stdout] == ["True\n", "True\n"]
    assert len(list(home.spill.iterdir())) == 2
    clear_dead_builds(home)
    for reader in readers:  # the first has removed its files when the second goes on
        assert reader.communicate("\n")[0] == f"{800_000 * 799_999 // 2}\n"
        assert reader.returncode == 0
    assert list(home.spill.iterdir()) == []


def test_a_build_clears_what_no_living_process_owns(tmp_path: Path) -> None:
    home = Home(tmp_path)
    mine = spill_folder(home, "a-snapshot")
    assert mine is not None
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    old, fresh = home.spill / "duckdb_temp_storage_DEFAULT-0.tmp", home.spill / "duckdb_temp_block-1.block"
    for folder in (mine, home.spill / f"{dead.pid}-0f0f-a-snapshot", home.spill / "not-a-process"):
        folder.mkdir()
        (folder / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"x")
    for file in (old, fresh):
        file.write_bytes(b"x")
    os.utime(old, (0, 0))
    clear_dead_builds(home)
    assert {left.name for left in home.spill.iterdir()} == {mine.name, fresh.name}


def test_a_home_that_cannot_be_written_to_is_read_without_a_place_to_spill(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    tiny_snapshot(home.root)
    home.spill.rmdir()
    home.spill.write_text("what stands here is no folder")
    snapshot = open_snapshot(home)
    assert snapshot.spill is None and snapshot.reader.execute("select 1").fetchall() == [(1,)]


def test_a_question_that_spills_more_than_it_may_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SPILL_LIMIT, "8MiB")
    home = Home(tmp_path / "home")
    tiny_snapshot(home.root)
    snapshot = open_snapshot(home)
    # In place of `reader`, which has 2 GiB: a question that needs more would take long.
    vars(snapshot)["reader"] = snapshot.connection(memory_limit="40MB", threads=1)
    sql = "select md5(i::varchar) as word, i from range(800000) as t(i) order by word"
    with pytest.raises(QuestionFailed, match=r"wide does not fit .* 8MiB of disk.*SCAUP_SPILL_LIMIT"):
        ask(Question(name="wide", description="", sql=sql, sha256="abc"), {}, snapshot)
    assert snapshot.reader.execute("select count(*) from features.feat_account_days").fetchall() == [(31,)]
    snapshot.reader.close()
    assert list(home.spill.iterdir()) == []


def test_readers_leave_half_of_a_disk_free_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    tiny_snapshot(home.root)
    folder = spill_folder(home, "tiny")
    assert folder is not None
    monkeypatch.delenv(SPILL_LIMIT, raising=False)
    most = int(spill_limit(folder).removesuffix("MiB"))
    assert 0 < most <= 8192 and most <= shutil.disk_usage(home.spill).free / 2**20
    monkeypatch.setenv(SPILL_LIMIT, "3GiB")
    with connect_locked(open_snapshot(home).warehouse, spill=folder) as connection:
        assert connection.execute("select current_setting('max_temp_directory_size')").fetchall() == [
            ("3.0 GiB",)
        ]
    for wrong in ("much", "3", "90%", "-1GiB", "3GiB'"):
        monkeypatch.setenv(SPILL_LIMIT, wrong)
        with pytest.raises(UsageError, match=r"SCAUP_SPILL_LIMIT .* as in 20GiB"):
            spill_limit(folder)
