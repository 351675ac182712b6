"""Ingest beside its floor: the same Parquet read and written by DuckDB with nothing looked at.

    python benchmarks/bench_ingest.py [ROWS] [DAYS]

Both write zstd. The floor copies file by file; ingest also checks every value against the contract,
looks for repeated keys, sorts each day by account and time, and syncs to disk. A tenth of the days is
also read as JSON Lines and CSV. CPU seconds beside the wall clock say how loaded the machine was.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from figures import tell

from scaup.home import Home
from scaup.ingest import ingest
from scaup.warehouse import connect, execute, quoted

ROUNDS = 3
MADE = (Path(__file__).parent / "bench_ingest.sql").read_text(encoding="utf-8")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall-clock and CPU seconds of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def make(folder: Path, rows: int, days: int) -> None:
    """Requests in the contract's columns, one Parquet file a day; a tenth also as JSON Lines and CSV."""
    with connect(spill=folder) as connection:
        for day in range(days):
            execute(
                connection, f"create or replace temp table made as {MADE}", {"day": day, "rows": rows // days}
            )
            target = folder / "parquet" / "requests" / f"{day:03}.parquet"
            target.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(f"copy made to {quoted(target)} (format parquet, compression zstd)")
            if day % 10 == 0:
                for suffix, form in (("jsonl", "json"), ("csv", "csv")):
                    target = folder / suffix / "requests" / f"{day:03}.{suffix}"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    connection.execute(f"copy made to {quoted(target)} (format {form})")


READERS = {"parquet": "read_parquet", "jsonl": "read_json", "csv": "read_csv"}


def copy_bare(source: Path, target: Path, form: str) -> None:
    """The floor: DuckDB reads each file and writes each file, believing what it reads."""
    target.mkdir()
    with connect(spill=target / "spill") as connection:
        connection.execute("set preserve_insertion_order = false")
        for file in sorted(source.rglob(f"*.{form}")):
            connection.execute(
                f"copy (from {READERS[form]}({quoted(file)})) to {quoted(target / file.name)} "
                "(format parquet, compression zstd)"
            )


def main(rows: int, days: int) -> None:
    result: dict[str, object] = {
        "rows": rows,
        "days": days,
        "text_rows": rows // days * len(range(0, days, 10)),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, rows, days)
        for form in READERS:
            floor, ours = [], []
            for turn in range(ROUNDS):
                bare, home = folder / f"bare-{form}-{turn}", folder / f"home-{form}-{turn}"
                floor.append(timed(partial(copy_bare, folder / form, bare, form)))
                ours.append(timed(partial(ingest, [folder / form], Home(home))))
                shutil.rmtree(bare)
                shutil.rmtree(home)
            medians = [
                [statistics.median(column) for column in zip(*runs, strict=True)] for runs in (floor, ours)
            ]
            case = f"{form}, {rows if form == 'parquet' else result['text_rows']:,} rows"
            tell(case, "scaup ingest", "scaup", *medians[1])
            tell(case, "bare read and write", "floor", *medians[0])
            for place, clock in enumerate(("wall", "cpu")):
                low, high = (one[place] for one in medians)
                result[f"{form}_{clock}"] = {
                    "floor": round(low, 2),
                    "ingest": round(high, 2),
                    "ratio": round(high / low, 2),
                }
    result["load_average"] = round(os.getloadavg()[0], 1)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [1_000_000, 30][len(given) :]))
