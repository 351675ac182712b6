"""Kills at random moments, with two readers looking on: what they may never see, what may not get lost.

    python benchmarks/kill_builds.py build 100      kill `scaup build`; every run begins with a new load
    python benchmarks/kill_builds.py ingest 300     kill `scaup ingest`
    python benchmarks/kill_builds.py publish 1000   kill a process that publishes small snapshots for ever

The home is a small one of its own. Readers open what is current, hold its files against its manifest and
count its rows, without a pause. A load is acknowledged once `scaup ingest` has printed its id; an
acknowledged load has to be in the lake, whole, ever after. Ends with one line of JSON; exit 1 on any loss.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "tests" / "unit")]

import publisher  # noqa: E402
from small import add_requests, small_project, write  # noqa: E402

from scaup import publish  # noqa: E402
from scaup.build import build  # noqa: E402
from scaup.home import Home  # noqa: E402
from scaup.lake import manifests  # noqa: E402
from scaup.warehouse import connect, open_snapshot  # noqa: E402

READERS = 2
SEED = 7


def read_snapshots(root: Path, stop: Event, told: multiprocessing.Queue[tuple[int, list[str]]]) -> None:
    """Read what is current until told to stop; tell how often, and what was wrong."""
    home, reads, wrong = Home(root), 0, []
    while not stop.is_set():
        try:
            snapshot = open_snapshot(home)
            held = snapshot.manifest["relations"]["features.feat_days"]["rows"]
            with snapshot.connection() as connection:
                found = connection.execute("select count(*) from features.feat_days").fetchall()[0][0]
            if snapshot.manifest["snapshot_id"] != snapshot.id or held != found:
                wrong.append(f"{snapshot.id}: {held} rows promised, {found} found")
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")
        reads += 1
        time.sleep(0.005)
    told.put((reads, wrong))


def read_small_snapshots(root: Path, stop: Event, told: multiprocessing.Queue[tuple[int, list[str]]]) -> None:
    """The same for the publisher's snapshots, whose every file says the snapshot's name."""
    home, reads, wrong = Home(root), 0, []
    while not stop.is_set():
        name = publish.current_id(home)
        try:
            if name:
                folder = home.snapshots / name
                if json.loads((folder / "manifest.json").read_text())["snapshot_id"] != name:
                    wrong.append(f"{name}: another one's manifest")
                if (folder / "warehouse.duckdb").read_text() != name:
                    wrong.append(f"{name}: another one's rows")
        except FileNotFoundError:
            if publish.current_id(home) == name:  # else it was let go between our two looks
                wrong.append(f"{name}: current, and not whole")
        reads += 1
        time.sleep(0.005)
    told.put((reads, wrong))


def kill_one(words: list[str], home: Home, project: Path, after: float) -> tuple[bool, str, float]:
    """Run a command and kill it after so many seconds, with all that it started. (killed, output, seconds)"""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *words],
        env={
            **os.environ,
            "SCAUP_HOME": str(home.root),
            "SCAUP_PROJECT": str(project),
            "PYTHONPATH": os.pathsep.join(sys.path[:3]),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        output, _ = process.communicate(timeout=after)
        return False, output, time.monotonic() - started
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        output, _ = process.communicate()
        return True, output, time.monotonic() - started


def incoming(home: Home, number: int) -> Path:
    """A new file of one account's requests."""
    rows = [
        {
            "request_id": f"k{number}-{turn}", "occurred_at": "2026-03-05T00:00:00Z", "surface": "chat",
            "account_id": f"b{number}", "model_version": "model-a", "input_tokens": 1, "output_tokens": 1,
            "tool_calls": 0, "status": 200, "refused": False, "recorded_at": "2026-03-05T00:00:05Z",
            "source_system": "test",
        }
        for turn in range(2)
    ]  # fmt: skip
    path = home.root.parent / "incoming" / f"{number}" / "requests.jsonl"
    write(path, "".join(json.dumps(row) + "\n" for row in rows))
    return path


def lost_loads(home: Home, acknowledged: list[str]) -> list[str]:
    """Acknowledged loads that are not in the lake with every row that they counted."""
    known = {manifest["load_id"]: manifest for manifest in manifests(home)}
    lost = []
    for load in acknowledged:
        stored = sum(table["stored_rows"] for table in known.get(load, {"tables": {}})["tables"].values())
        files = [str(path) for path in (home.lake / load).rglob("requests/**/*.parquet")]
        found = 0
        if files:
            with connect() as connection:
                found = connection.execute("select count(*) from read_parquet(?)", [files]).fetchall()[0][0]
        if load not in known or stored != found:
            lost.append(load)
    return lost


def main(what: str, kills: int) -> None:
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "checkout").mkdir()
        project = small_project(Path(folder) / "checkout", PROJECT)
        home = Home(Path(folder) / "home")
        if what != "publish":
            add_requests(home, project, "first")
            build(home, project)
        stop, told = multiprocessing.Event(), multiprocessing.Queue()
        look = read_small_snapshots if what == "publish" else read_snapshots
        readers = [multiprocessing.Process(target=look, args=(home.root, stop, told)) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        acknowledged: list[str] = []
        killed = number = 0
        lasted = 1.0 if what == "publish" else 6.0
        started = time.monotonic()
        while killed < kills:
            number += 1
            if what == "publish":
                words = [publisher.__file__, str(home.root), str(number * 100_000)]
            elif what == "ingest":
                words = ["-m", "scaup", "ingest", str(incoming(home, number))]
            else:
                add_requests(home, project, f"load-{number}", day="2026-03-10")
                words = ["-m", "scaup", "build"]
            was_killed, output, seconds = kill_one(words, home, project, chance.uniform(0.05, lasted))
            killed += was_killed
            if not was_killed:
                lasted = max(1.0, 0.9 * seconds)
            if what == "ingest":
                acknowledged += output.split()
        stop.set()
        found = [told.get() for _ in readers]
        for reader in readers:
            reader.join()
        lost = lost_loads(home, acknowledged)
        if what != "publish":
            build(home, project)  # whatever was left behind, the next build recovers
        bad = [one for _, wrong in found for one in wrong]
        print(json.dumps({
            "what": what, "kills": killed, "ended_by_themselves": number - killed,
            "reads": sum(reads for reads, _ in found), "bad_reads": len(bad),
            "acknowledged_loads": len(acknowledged), "lost_loads": len(lost),
            "seconds": round(time.monotonic() - started),
        }))  # fmt: skip
        for one in [*bad[:5], *lost[:5]]:
            print(one, file=sys.stderr)
        sys.exit(1 if bad or lost else 0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
