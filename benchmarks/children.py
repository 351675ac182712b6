"""Processes of their own that benchmarks start: this checkout's code in some home, and what they took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
LOOK_EVERY = 0.25  # seconds between two looks at what a child does


def in_home(home: Path) -> dict[str, str]:
    """The environment for `python -m scaup` of this checkout in a home, whatever is installed."""
    own = {"SCAUP_HOME": str(home), "SCAUP_PROJECT": str(PROJECT), "PYTHONPATH": str(PROJECT)}
    return {**os.environ, **own}


def scaup(home: Path, *words: str) -> str:
    """Run a command in a home; its standard output. One that fails ends this process with what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "scaup", *words],
        env=in_home(home),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"scaup {' '.join(words)}\n{done.stderr[-2000:]}")
    return done.stdout.strip()


@dataclass(frozen=True)
class Taken:
    """What a process and the children that it waited for took: seconds, CPU seconds, the MB of the largest of
    them. `exit` is its exit code, negative for the signal that ended it."""

    wall: float
    cpu: float
    peak_mb: float
    exit: int


def apart(function: Callable[..., Any], *given: object) -> Any:
    """What a function returns, called in a process of its own: what this one held at most would count as held
    by the runners that it starts."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *given).result()


def waited(child: subprocess.Popen[bytes], began: float, look: Callable[[], None] | None = None) -> Taken:
    """Wait for a child that was started at `began` (`time.perf_counter()`), with a look now and then."""
    pid = 0
    while not pid:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG if look else 0)
        if look and not pid:
            look()
            time.sleep(LOOK_EVERY)
    child.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return Taken(time.perf_counter() - began, cpu, usage.ru_maxrss / 1024, child.returncode)
