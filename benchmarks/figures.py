"""What a benchmark measured, told to whoever runs them all: lines of JSON in the file of BENCH_FIGURES.

A benchmark on its own prints its table and has no such file; `benchmarks/bench.py` gives it one.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

FILE = "BENCH_FIGURES"
Role = Literal["scaup", "peer", "floor"]


@dataclass(frozen=True)
class Figure:
    """One case of a benchmark, done by one runner: Scaup, a peer, or the physical limit. Seconds are medians;
    None is what was not measured or is no number. `note` says what else has to be known."""

    case: str
    runner: str
    role: Role
    wall: float | None
    cpu: float | None = None
    peak_mb: float | None = None
    note: str = ""


def tell(
    case: str,
    runner: str,
    role: Role,
    wall: float | None,
    cpu: float | None = None,
    peak_mb: float | None = None,
    note: str = "",
) -> None:
    """Add a figure to the file of whoever runs all benchmarks, if somebody does. Wall and CPU in seconds."""
    if not (path := os.environ.get(FILE)):
        return
    numbers = [None if one is None or not math.isfinite(one) else one for one in (wall, cpu, peak_mb)]
    figure = Figure(case, runner, role, *numbers, note=note)
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(figure)) + "\n")


def told(path: Path) -> list[Figure]:
    """All that was told into a file so far."""
    if not path.is_file():
        return []
    return [Figure(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
