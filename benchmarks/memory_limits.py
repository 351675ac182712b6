"""Builds of one lake under ever less memory: the same snapshot by way of the disk, or a clear refusal?

    python benchmarks/memory_limits.py [--home HOME] [--size l] [--seed 7] [--limits 4GiB 2GiB 1GiB]

Builds everything anew under each limit, in a home of its own: with `--home` from that home's lake, whose
files are only linked, without it from a made world. Says what a build took in time and CPU, the most that
one of its processes held (the limit is DuckDB's; Python and dbt come on top) and the most that lay in
spill files. A build that does not fit has to say so, to publish nothing and to leave no spill file
behind. Ends with one line of JSON; exit 1 when two limits give other hashes, a refusal is unclear, or the
first limit is refused.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from children import PROJECT, in_home, scaup, waited
from determinism import relations


def spilled(home: Path) -> int:
    """Bytes that lie in DuckDB's spill files at this moment."""
    size = 0
    # A build removes folders, too; what is gone since it was listed ends this look and not the benchmark.
    with suppress(FileNotFoundError):
        for path in home.rglob("duckdb_temp_*"):
            size += path.stat().st_size
    return size


def build(home: Path, limit: str, told: Path) -> dict[str, float]:
    """Build under a limit: its exit code, seconds, CPU seconds, MB of its largest process and of spill."""
    most = [0]
    command = [sys.executable, "-m", "scaup", "build", "--fresh", "--memory-limit", limit]
    with told.open("wb") as said:
        began = time.perf_counter()
        child = subprocess.Popen(
            command, env=in_home(home), cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=said
        )
        taken = waited(child, began, lambda: most.append(max(most.pop(), spilled(home))))
    return {
        "exit": taken.exit,
        "seconds": round(taken.wall),
        "cpu_seconds": round(taken.cpu),
        "peak_mb": round(taken.peak_mb),
        "spilled_mb": round(most[0] / 2**20),
    }


def main() -> None:
    """Print a line per limit, and what is wrong."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--size", default="l")
    parser.add_argument("--seed", default="7")
    parser.add_argument("--limits", nargs="+", default=["4GiB", "2GiB", "1GiB"])
    asked = parser.parse_args()
    figures: dict[str, dict[str, float]] = {}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(dir=asked.home.parent if asked.home else None) as folder:
        home = Path(folder) / "home"
        if asked.home:
            shutil.copytree(asked.home / "lake", home / "lake", copy_function=os.link)
        else:
            scaup(home, "world", "--size", asked.size, "--seed", asked.seed)
            scaup(home, "ingest", str(home / "worlds" / f"{asked.size}-{asked.seed}" / "raw"))
        first: dict[str, object] = {}
        print("limit      wall s     CPU s   peak MB  spilled MB")
        for limit in asked.limits:
            told = Path(folder) / "told.txt"
            one = figures[limit] = build(home, limit, told)
            print(
                f"{limit:8}{one['seconds']:9}{one['cpu_seconds']:10}{one['peak_mb']:10}{one['spilled_mb']:12}",
                flush=True,
            )
            if spilled(home):
                wrong.append(f"{limit}: spill files are left")
            if one["exit"]:
                said = told.read_text(errors="replace")[-2000:]
                print(said, file=sys.stderr)
                if not first or "memory" not in said:
                    wrong.append(f"{limit}: the build failed")
                continue
            found = dict(relations(home))
            first = first or found
            wrong += [f"{limit}: {name} differs" for name in first if first[name] != found.get(name)]
    print(
        json.dumps({"builds": len(figures), "relations": len(first), "limits": figures, "wrong": len(wrong)})
    )
    for line in wrong[:10]:
        print(line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
