"""A hundred kills, as benchmarks/kill_builds.py measures them: no bad read, no acknowledged load lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.parametrize(("what", "kills"), [("build", 20), ("ingest", 80)])
def test_kills_at_any_moment_leave_readers_whole_snapshots_and_lose_no_load(
    project: Path, what: str, kills: int, record_property: Callable[[str, int], None]
) -> None:
    script = project / "benchmarks" / "kill_builds.py"
    done = subprocess.run(
        [sys.executable, str(script), what, str(kills)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    for name in ("kills", "reads", "bad_reads", "acknowledged_loads", "lost_loads"):
        record_property(name, told[name])
    assert (told["kills"], told["bad_reads"], told["lost_loads"]) == (kills, 0, 0)
    assert told["reads"] > 0 and told["acknowledged_loads"] > 0
