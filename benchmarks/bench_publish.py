"""Publishing a snapshot, and opening one, with readers at work; beside a copy of its files, and bare DuckDB.

    python benchmarks/bench_publish.py [--home HOME] [--readers 2] [--rounds 5]

The home's current snapshot is put, as a build leaves it, into the staging of a home that is thrown away.
Publishing is the sync to disk, the rename and the pointer; its floor is one copy of the same bytes, synced.
Opening is `open_snapshot`, a connection as questions get it and one row of the largest table; its floor is
`duckdb.connect` and the same row. All the while readers open what is current and count its rows, without a
pause. Printed are medians.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import queue
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
from figures import tell

from scaup import publish
from scaup.home import Home, find_home
from scaup.warehouse import open_snapshot

LAST_READ = 60  # seconds that a reader may take to end


def read_on(root: Path, stop: Event, told: multiprocessing.Queue[int]) -> None:
    """Open what is current and count a table's rows, until told to stop; tell how often."""
    home, reads = Home(root), 0
    while not stop.is_set():
        if publish.current_id(home):
            snapshot = open_snapshot(home)
            with snapshot.connection() as connection:
                connection.table(largest(snapshot.manifest["relations"])).count("*").fetchall()
            reads += 1
    told.put(reads)


def largest(relations: dict[str, dict[str, int]]) -> str:
    """The table with most rows."""
    return max(relations, key=lambda name: relations[name]["rows"])


def clocked(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def copied(source: Path, target: Path) -> None:
    """One copy of a snapshot's files, on the disk."""
    target.mkdir(parents=True)
    for path in source.iterdir():
        shutil.copyfile(path, target / path.name)
        with (target / path.name).open("rb") as file:
            os.fsync(file.fileno())


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--readers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    given = open_snapshot(find_home(asked.home))
    size = sum(path.stat().st_size for path in given.folder.iterdir()) / 2**20
    print(f"snapshot of {size:,.0f} MiB; {asked.readers} readers; load {os.getloadavg()[0]:.1f}")
    taken: dict[str, list[tuple[float, float]]] = {"publish": [], "copy": [], "open": [], "duckdb": []}
    with tempfile.TemporaryDirectory() as name:
        home = Home(Path(name) / "home")
        stop = multiprocessing.Event()
        told: multiprocessing.Queue[int] = multiprocessing.Queue()
        readers = [
            multiprocessing.Process(target=read_on, args=(home.root, stop, told), daemon=True)
            for _ in range(asked.readers)
        ]
        for reader in readers:
            reader.start()
        for turn in range(asked.rounds):
            room, bare = home.staging / f"{turn}", Path(name) / "bare"
            shutil.copytree(given.folder, room)
            snapshot_id = f"{given.id[:11]}{turn:012x}"
            taken["publish"].append(clocked(lambda: publish.publish(home, room, snapshot_id)))  # noqa: B023
            taken["copy"].append(clocked(lambda: copied(given.folder, bare)))  # noqa: B023
            shutil.rmtree(bare)
            taken["open"].append(clocked(lambda: opened(home)))
            path = home.snapshots / snapshot_id / given.warehouse.name
            taken["duckdb"].append(clocked(lambda: opened_bare(path, given.manifest["relations"])))  # noqa: B023
            publish.let_go(home, 1)
        stop.set()
        try:
            reads = sum(told.get(timeout=LAST_READ) for _ in readers)
        except queue.Empty:
            sys.exit("A reader died, and what it met stands above.")
    for case, runner, role, which in (
        ("publishing", "scaup", "scaup", "publish"),
        ("publishing", "a copy, synced", "floor", "copy"),
        ("opening", "scaup", "scaup", "open"),
        ("opening", "duckdb", "floor", "duckdb"),
    ):
        wall, cpu = (statistics.median(column) for column in zip(*taken[which], strict=True))
        print(f"{case:12} {runner:16} {wall * 1000:10.1f} ms wall {cpu * 1000:10.1f} ms CPU")
        tell(f"{case} {size:,.0f} MiB", runner, role, wall, cpu)  # type: ignore[arg-type]
    print(f"{reads} reads meanwhile")


def opened(home: Home) -> None:
    snapshot = open_snapshot(home)
    with snapshot.connection() as connection:
        connection.execute(f"from {largest(snapshot.manifest['relations'])} limit 1").fetchall()


def opened_bare(path: Path, relations: dict[str, dict[str, int]]) -> None:
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute(f"from {largest(relations)} limit 1").fetchall()


if __name__ == "__main__":
    main()
