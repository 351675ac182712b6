"""The command line as a test calls it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def scaup(
    home: Path, *words: str | Path, expect: int = 0, project: Path = PROJECT
) -> subprocess.CompletedProcess[str]:
    """Run `scaup` as a process of its own; fails unless it ends with the expected exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "scaup", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=project,
        env={
            **os.environ,
            "SCAUP_HOME": str(home),
            "SCAUP_PROJECT": str(project),
        },
        check=False,
    )
    assert done.returncode == expect, (
        f"scaup {words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    )
    return done
