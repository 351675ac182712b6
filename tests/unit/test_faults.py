"""A disk that is full at some step: one clean message, nothing half-visible, and the next run recovers."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small import add_requests, small_project

from scaup import publish
from scaup.build import build
from scaup.home import Home
from scaup.lake import manifests
from scaup.warehouse import open_snapshot


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    return small_project(tmp_path_factory.mktemp("checkout"), project)


def full_at(size: int) -> Callable[[], None]:
    """No file of the process or its children may grow beyond so many bytes: to them the disk is full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def run(home: Home, checkout: Path, size: int, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scaup", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "SCAUP_HOME": str(home.root), "SCAUP_PROJECT": str(checkout)},
        preexec_fn=full_at(size),
        check=False,
    )


@pytest.mark.parametrize("size", [0, 200, 1000, 4000, 20_000])
def test_a_disk_that_is_full_during_a_load_changes_nothing_and_says_so(tmp_path, checkout, size):
    home = Home(tmp_path / "home")
    add_requests(home, checkout, "first")
    before = {path: path.read_bytes() for path in home.lake.rglob("*") if path.is_file()}
    rows = tmp_path / "requests.jsonl"
    source = home.root / "incoming" / "first" / "requests.jsonl"
    rows.write_text("".join(source.read_text().replace("first-", f"again{n}-") for n in range(400)))
    done = run(home, checkout, size, "ingest", str(rows))
    assert done.returncode == 1 and done.stdout == ""
    assert "Traceback" not in done.stderr and "nothing was changed" in done.stderr.lower()
    after = {path: path.read_bytes() for path in home.lake.rglob("*") if path.is_file()}
    assert {path.name for path in set(after) ^ set(before)} <= {".lock"}
    assert all(after[path] == content for path, content in before.items())
    add_requests(home, checkout, "second")
    assert len(manifests(home)) == 2


@pytest.mark.parametrize("size", [50_000, 400_000])
def test_a_disk_that_is_full_during_a_build_leaves_readers_what_they_had(tmp_path, checkout, size):
    home = Home(tmp_path / "home")
    add_requests(home, checkout, "first")
    done = run(home, checkout, size, "build")
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr[-1500:]
    assert publish.current_id(home) is None and publish.list_snapshots(home) == []
    build(home, checkout)
    with open_snapshot(home).connection() as connection:
        assert connection.execute("select count(*) from features.feat_days").fetchall() == [(3,)]
