"""Kills at random moments, with two readers looking on: what they may never see, what may not get lost.

    python benchmarks/kill_builds.py build 1000     kill a load and the build after it, dbt's part played
    python benchmarks/kill_builds.py whole 20       kill `scaup build`, dbt and all, as it adds a new load
    python benchmarks/kill_builds.py ingest 300     kill a load
    python benchmarks/kill_builds.py publish 1000   kill a process that publishes small snapshots for ever

The home is a small one of its own. Readers open what is current, hold its files against its manifest and
count its rows, without a pause. A load is acknowledged once its id was said; an acknowledged load has to be
in the lake, whole, ever after, and in the snapshot of the build that follows the last kill; that one has
the id of a build that computes everything again.

`build` and `ingest` fork a process that has everything imported, so that the kills fall into the work. Of
ten seconds of a small build nine are dbt's imports: its SQL, as a first whole build compiled it, is run by
DuckDB here; the rest is `scaup.build.build` itself. Every other kill falls at a random moment of the whole,
the others at a random moment of a random step, because publishing takes a hundredth of the time and is what
matters most. Ends with one line of JSON; exit 1 on any loss.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "tests" / "unit")]

import publisher  # noqa: E402
from played import played  # noqa: E402
from small import add_requests, growing_project, small_project, write  # noqa: E402

from scaup import publish, quality, transform  # noqa: E402
from scaup.build import build  # noqa: E402
from scaup.home import Home  # noqa: E402
from scaup.ingest import ingest  # noqa: E402
from scaup.lake import manifests  # noqa: E402
from scaup.plan import Options  # noqa: E402
from scaup.warehouse import connect, open_snapshot  # noqa: E402

READERS = 2
SEED = 7
A_HOME = 100  # kills after which a new home is begun: a lake of a thousand loads would be another test
STEPS = ("load", "acknowledged", "building", "transforming", "checking", "sealing", "publishing")
Say = Callable[[str], None]


@dataclass
class Seen:
    """What came of the kills so far. `during` counts them by what the killed process had said last."""

    kills: int = 0
    ended: int = 0
    reads: int = 0
    bad: list[str] = field(default_factory=list)
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    during: Counter[str] = field(default_factory=Counter)


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
        time.sleep(0.1)
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


def load_and_build(home: Home, project: Path, number: int, say: Say) -> None:
    """What is killed: a new load, acknowledged, and a build with it."""
    load(home, project, number, say)
    really_publish = publish.publish

    def transforming(*given: Any, **named: Any) -> transform.Transformed:
        say("transforming")
        return played(*given, **named)

    def publishing(*given: Any, **named: Any) -> bool:
        say("publishing")
        return really_publish(*given, **named)

    transform.run, publish.publish = transforming, publishing
    build(home, project, say=say)
    say("built")


def load(home: Home, project: Path, number: int, say: Say) -> None:
    """A load of one file, and its acknowledgement."""
    say("load")
    say(f"acknowledged {ingest([incoming(home, number)], home, project=project).load_id}")


@dataclass(frozen=True)
class Told:
    """What became of a process: whether it was killed, what it said, and when it said so, in seconds."""

    was_killed: bool
    lines: list[str]
    at: list[float]
    seconds: float

    @property
    def steps(self) -> dict[str, float]:
        """The steps that it came to, and how long each took."""
        begun = [(step_of(line), at) for line, at in zip(self.lines, self.at, strict=True)]
        begun = [(step, at) for step, at in begun if step in STEPS]
        ends = [*(at for _, at in begun), self.seconds][1:]
        return {step: end - at for (step, at), end in zip(begun, ends, strict=True)}


def step_of(line: str) -> str:
    """The step that a line tells of, by its first word."""
    return line.split()[0].strip(".").lower()


def killed(work: Callable[[Say], None], after: float, step: str | None = None) -> Told:
    """Do some work in a fork of this process and kill it so many seconds after it, or a step, began."""
    heard, told = os.pipe()
    started = time.monotonic()
    if (child := os.fork()) == 0:
        try:
            work(lambda line: os.write(told, f"{line}\n".encode()) and None)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(told)
    watched = os.pidfd_open(child)
    deadline = None if step else started + after
    said, at = b"", list[float]()
    while True:
        left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
        ready = select.select([watched, heard], [], [], left)[0]
        if heard in ready:
            new = os.read(heard, 65_536)
            said += new
            at += [time.monotonic() - started] * new.count(b"\n")
            if deadline is None and step in map(step_of, new.decode().splitlines()):
                deadline = time.monotonic() + after
        has_ended = watched in ready
        if has_ended or not ready:
            break
    if not has_ended:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(watched)
    with os.fdopen(heard, "rb") as rest:
        new = rest.read()
    seconds = time.monotonic() - started
    lines = (said + new).decode().splitlines()
    if has_ended and status:
        raise SystemExit(f"It failed without being killed, after saying {lines[-1:]}.")
    return Told(not has_ended, lines, at + [seconds] * new.count(b"\n"), seconds)


def run_and_kill(words: list[str], home: Home, project: Path, after: float) -> tuple[bool, float]:
    """Run a command and kill it after so many seconds. (killed, seconds)"""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *words],
        env={
            **os.environ,
            "SCAUP_HOME": str(home.root),
            "SCAUP_PROJECT": str(project),
            "PYTHONPATH": os.pathsep.join(sys.path[:3]),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(timeout=after)
        return False, time.monotonic() - started
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True, time.monotonic() - started


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


def lost_loads(home: Home, acknowledged: Sequence[str]) -> list[str]:
    """Acknowledged loads that are not in the lake with every row that they counted."""
    known = {manifest["load_id"]: manifest for manifest in manifests(home)}
    lost = []
    for one in acknowledged:
        stored = sum(table["stored_rows"] for table in known.get(one, {"tables": {}})["tables"].values())
        files = [str(path) for path in (home.lake / one).rglob("requests/**/*.parquet")]
        found = 0
        if files:
            with connect() as connection:
                found = connection.execute("select count(*) from read_parquet(?)", [files]).fetchall()[0][0]
        if one not in known or stored != found:
            lost.append(one)
    return lost


def kill_in(home: Home, project: Path, what: str, kills: int, seen: Seen, chance: random.Random) -> None:
    """So many kills in one home, with two readers on it; then a build that nobody kills."""
    stop, told = multiprocessing.Event(), multiprocessing.Queue()
    look = read_small_snapshots if what == "publish" else read_snapshots
    readers = [
        multiprocessing.Process(target=look, args=(home.root, stop, told), daemon=True)
        for _ in range(READERS)
    ]
    for reader in readers:
        reader.start()
    acknowledged: list[str] = []
    lasted = 0.3 if what == "publish" else 300.0  # the first is left alone, and says how long it takes
    steps: dict[str, float] = {}
    done = 0
    while done < kills:
        number = seen.kills + seen.ended
        after = chance.uniform(0.0, lasted) if lasted < 300 else lasted
        if what == "publish":
            words = [publisher.__file__, str(home.root), str(number * 100_000)]
            was_killed, seconds = run_and_kill(words, home, project, 0.05 + after)
        elif what == "whole":
            acknowledged.append(ingest([incoming(home, number)], home, project=project).load_id)
            was_killed, seconds = run_and_kill(["-m", "scaup", "build"], home, project, after)
        else:
            doing = load if what == "ingest" else load_and_build

            def work(say: Say, doing: Callable[..., None] = doing, number: int = number) -> None:
                doing(home, project, number, say)

            step = chance.choice([*steps]) if steps and number % 2 else None
            told_now = killed(work, chance.uniform(0.0, 1.1 * steps[step]) if step else after, step)
            was_killed, seconds = told_now.was_killed, told_now.seconds
            acknowledged += [line.split()[1] for line in told_now.lines if line.startswith("acknowledged ")]
            if was_killed:
                seen.during[[*told_now.steps, "start"][-2 if told_now.steps else -1]] += 1
            else:
                steps = told_now.steps
        done += was_killed
        seen.kills += was_killed
        seen.ended += not was_killed
        if not was_killed:
            lasted = 1.1 * seconds
    stop.set()
    for _ in readers:
        reads, wrong = told.get()
        seen.reads += reads
        seen.bad += wrong
    for reader in readers:
        reader.join()
    seen.acknowledged += len(acknowledged)
    seen.lost += lost_loads(home, acknowledged)
    if what != "publish":
        last = build(home, project)  # whatever was left behind, it recovers, and has every load
        anew = build(home, project, Options(fresh=True))
        if anew.snapshot_id != last.snapshot_id:
            seen.bad.append(f"{last.snapshot_id} is {anew.snapshot_id} when all is computed again")
        held = {one["load_id"] for one in open_snapshot(home).manifest["inputs"]}
        seen.lost += [f"{one} is not in the snapshot" for one in acknowledged if one not in held]
        if left := [path.name for path in home.staging.iterdir() if not path.is_symlink()]:
            seen.bad.append(f"left in staging: {', '.join(left)}")


def main(what: str, kills: int) -> None:
    chance, seen = random.Random(SEED), Seen()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "checkout").mkdir()
        project = (growing_project if what == "whole" else small_project)(Path(folder) / "checkout", PROJECT)
        home, template = Home(Path(folder) / "home"), Path(folder) / "template"
        home.root.mkdir()
        if what != "publish":
            add_requests(home, project, "first")
            build(home, project)
            quality.warm_up()
        home.root.rename(template)
        while seen.kills < kills:
            shutil.copytree(template, home.root, symlinks=True)  # the same place: dbt's SQL names it
            kill_in(home, project, what, min(A_HOME, kills - seen.kills), seen, chance)
            told = f"{seen.kills} kills, {len(seen.bad)} bad of {seen.reads} reads, {len(seen.lost)} lost"
            print(told, dict(seen.during), file=sys.stderr, flush=True)
            shutil.rmtree(home.root)
    print(json.dumps({
        "what": what, "kills": seen.kills, "ended_by_themselves": seen.ended, "reads": seen.reads,
        "bad_reads": len(seen.bad), "acknowledged_loads": seen.acknowledged, "lost_loads": len(seen.lost),
        "killed_during": dict(seen.during.most_common()), "seconds": round(time.monotonic() - started),
    }))  # fmt: skip
    for one in [*seen.bad[:5], *seen.lost[:5]]:
        print(one, file=sys.stderr)
    sys.exit(1 if seen.bad or seen.lost else 0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
