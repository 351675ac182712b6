"""Making a world, beside a bare read and write of the same bytes.

    python benchmarks/bench_world.py [--size s] [--seed 7] [--rounds 3]

The floor has DuckDB read every file of the made world and write it again in its own format, looking at
nothing. The two take turns, each in a process of its own; printed are medians of wall and CPU seconds.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from children import in_home, waited
from figures import tell

from scaup.warehouse import connect, quoted

PROJECT = Path(__file__).resolve().parent.parent
FORMS = {
    ".parquet": ("read_parquet(%s)", "format parquet, compression zstd"),
    ".csv": ("read_csv(%s, all_varchar = true)", "format csv"),
    ".jsonl": (
        "read_csv(%s, delim = '\x1f', quote = '', header = false, columns = {'line': 'varchar'})",
        "format csv, delimiter '\x1f', quote '', header false",
    ),
}


def copy_bare(raw: Path, target: Path) -> int:
    """Read and write every file of a world. Returns how many bytes there were."""
    size = 0
    with connect(threads=2) as connection:
        connection.execute("set preserve_insertion_order = false")
        for path in sorted(path for path in raw.rglob("*") if path.is_file()):
            reader, form = FORMS[next(one for one in path.suffixes if one in FORMS)]
            copy = target / path.relative_to(raw)
            copy.parent.mkdir(parents=True, exist_ok=True)
            packed = ", compression gzip" if path.suffix == ".gz" else ""
            connection.execute(f"copy (from {reader % quoted(path)}) to {quoted(copy)} ({form}{packed})")
            size += path.stat().st_size
    return size


def measure(words: list[str], home: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MB of a command of its own."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, *words], env=in_home(home), stdout=subprocess.DEVNULL, stderr=said
        )
        taken = waited(child, began)
        if taken.exit:
            said.seek(0)
            sys.exit(f"{' '.join(words)} failed:\n{said.read().decode()[-1000:]}")
    return taken.wall, taken.cpu, taken.peak_mb


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("--size", default="s")
    parser.add_argument("--seed", default="7")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copy", nargs=2, type=Path, help="the floor, of one folder to another")
    asked = parser.parse_args()
    if asked.copy:
        copy_bare(*asked.copy)
        return
    print(f"world {asked.size}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    ours, floor = [], []
    with tempfile.TemporaryDirectory() as name:
        home, copy = Path(name) / "home", Path(name) / "copy"
        for _ in range(asked.rounds):
            shutil.rmtree(home, ignore_errors=True)
            shutil.rmtree(copy, ignore_errors=True)
            making = ["-m", "scaup", "world", "--size", asked.size, "--seed", asked.seed]
            ours.append(measure(making, home))
            raw = home / "worlds" / f"{asked.size}-{asked.seed}" / "raw"
            floor.append(measure([__file__, "--copy", str(raw), str(copy)], home))
        size = sum(path.stat().st_size for path in raw.rglob("*") if path.is_file())
    case = f"world {asked.size}, {size / 2**20:,.0f} MiB"
    for runner, role, runs in (("scaup world", "scaup", ours), ("bare read and write", "floor", floor)):
        wall, cpu, peak = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"{runner:20} {wall:8.1f} s wall {cpu:8.1f} s CPU {peak:8.0f} MB")
        tell(case, runner, role, wall, cpu, peak)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
