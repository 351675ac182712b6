"""What a day costs: `scaup build` with one day more on 30, 90 and 365 days of history, and that day alone.

    python benchmarks/bench_days.py [--days 30 90 365] [--size m] [--seed 7] [--daily]

One made world, a day longer than the longest history, is split by when its rows were recorded, so that the
day that is added is the same each time: its last one. A history is what was recorded in so many days before,
and the accounts and other lists, and what appeals refer to, of all times. It is one load, or with `--daily` a
load for each day, built and published; the last day is one more load, and the build that takes it in is what
counts. Alone, the last day's events stand on the same lists in a home of their own, with nothing published
before. Wall and CPU seconds are those of the whole process, children included; those by layer are of dbt's
nodes, two of which run at a time.
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
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from children import in_home, waited
from figures import tell

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT)]

from scaup import judging  # noqa: E402
from scaup.contract import read_contract  # noqa: E402
from scaup.home import Home  # noqa: E402
from scaup.ingest import ingest  # noqa: E402
from scaup.warehouse import connect, quoted  # noqa: E402
from scaup.world import FIRST_DAY, WorldPlan, make_world  # noqa: E402

READERS = {".parquet": "read_parquet", ".jsonl": "read_json_auto", ".csv": "read_csv_auto"}
LAYERS = ("staging", "intermediate", "features", "signals", "enforcement", "operations", "regulatory")


@dataclass(frozen=True)
class Cost:
    """One build: wall and CPU seconds, seconds of models by layer and of tests, and what it said of reuse."""

    wall: float
    cpu: float
    layers: Mapping[str, float]
    kept: int
    added: int
    redone: int


def split(raw: Path, moment: datetime, lengths: Sequence[int], folder: Path) -> None:
    """Write a world's rows by `recorded_at`: `day`, from a moment on; for each length in days
    `before-<length>`, what came in so many days before; and `lists`, which has whatever is not placed in the
    lake by day, and what appeals refer to, of all times. The lists are in the histories, too, up to then."""
    lists = {table.name for table in read_contract(PROJECT).tables if not table.partition}
    lists |= {"enforcement_actions", "review_decisions"}
    with connect(spill=folder / "spill") as base:
        for path in sorted(raw.rglob("*.*")):
            rows, form = rows_of(path)
            is_list = path.relative_to(raw).parts[0] in lists
            before = f"recorded_at::timestamptz < {instant(moment)}"
            parts = {"day": f"not {before}", **({"lists": "true"} if is_list else {})}
            for length in lengths:
                since = f" and recorded_at::timestamptz >= {instant(moment - timedelta(days=length))}"
                parts[f"before-{length}"] = before + ("" if is_list else since)
            for part, condition in parts.items():
                target = folder / part / path.relative_to(raw)
                target.parent.mkdir(parents=True, exist_ok=True)
                copied = base.execute(
                    f"copy (from {rows} where {condition}) to {quoted(target)} ({form})"
                ).fetchall()
                if not copied[0][0]:
                    target.unlink()


def instant(moment: datetime) -> str:
    """An instant as SQL has it."""
    return f"timestamptz {quoted(moment.isoformat())}"


def rows_of(path: Path) -> tuple[str, str]:
    """A raw file's rows, and how such a file is written."""
    kind = next(kind for kind in READERS if kind in path.name)
    # As text, so that what is written is what was read.
    options = ", all_varchar = true" if kind == ".csv" else ", convert_strings_to_integers = false"
    form = {".parquet": "parquet", ".jsonl": "json", ".csv": "csv"}[kind]
    zipped = ", compression gzip" if path.suffix == ".gz" else ""
    rows = f"{READERS[kind]}({quoted(path)}{'' if kind == '.parquet' else options})"
    return rows, f"format {form}{zipped}"


def by_day(history: Path, first: datetime) -> list[Path]:
    """Write a history's rows once more, a folder for each day on which they were recorded; what is older than
    the first goes into that. Returns the folders in the order of their days."""
    daily = history.with_name(f"{history.name}-daily")
    with connect(spill=history.with_name("spill")) as base:
        for path in sorted(history.rglob("*.*")):
            rows, form = rows_of(path)
            at = f"greatest(recorded_at::timestamptz, {instant(first)})::date"
            dated = f"select *, {at} as made_on from {rows}"  # noqa: S608
            base.execute(f"create or replace temp table dated as {dated}")
            for (day,) in base.execute("select distinct made_on from dated").fetchall():
                target = daily / str(day) / path.relative_to(history)
                target.parent.mkdir(parents=True, exist_ok=True)
                one = f"from dated where made_on = {quoted(str(day))}"
                base.execute(f"copy (select * exclude (made_on) {one}) to {quoted(target)} ({form})")
    return sorted(daily.iterdir())


def build(home: Path) -> Cost:
    """`scaup build` as a process of its own. One that fails ends the benchmark, with what it said."""
    began = time.perf_counter()
    with (home / "said.txt").open("w", encoding="utf-8") as said:
        child = subprocess.Popen(
            [sys.executable, "-m", "scaup", "build"], env=in_home(home), cwd=PROJECT, stdout=said, stderr=said
        )
        taken = waited(child, began)
    text = (home / "said.txt").read_text(encoding="utf-8")
    if taken.exit:
        sys.exit(f"scaup build in {home} failed:\n{text[-2000:]}")
    layers: Counter[str] = Counter()
    newest = max(home.glob("snapshots/*/checks.json"), key=lambda path: path.stat().st_mtime)
    for node in json.loads(newest.read_text(encoding="utf-8"))["dbt"]:
        named = [layer for layer in LAYERS if f"/{layer}/" in node["path"]]
        layers[named[0] if node["kind"] == "model" and named else node["kind"]] += node["seconds"]
    words = [line.split() for line in text.splitlines()]
    return Cost(
        taken.wall,
        taken.cpu,
        layers,
        sum(int(line[1]) for line in words if line[:1] == ["Keeping"]),
        sum(int(line[7]) for line in words if line[:1] == ["Adding"]),
        sum(int(line[1]) for line in words if line[:1] == ["Redoing"]),
    )


def tell_of(case: str, runner: str, cost: Cost) -> None:
    """Print a line, and tell it to whoever runs all benchmarks."""
    layers = ", ".join(f"{name} {seconds:.1f}" for name, seconds in sorted(cost.layers.items()) if seconds)
    print(
        f"{case:24}{runner:12}{cost.wall:9.1f}{cost.cpu:9.1f}"
        f"{cost.kept:6}{cost.added:7}{cost.redone:8}  {layers}",
        flush=True,
    )
    role = "scaup" if runner == "one more" else "floor"
    tell(
        case,
        runner,
        role,
        cost.wall,
        cost.cpu,
        note=f"{cost.kept} tables kept, {cost.added} added to",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("--days", type=int, nargs="+", default=[30, 90, 365])
    parser.add_argument("--size", default="m")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--daily", action="store_true", help="a load for each day of history")
    asked = parser.parse_args()
    contract = read_contract(PROJECT)
    judging.AHEAD += timedelta(days=max(asked.days))  # a long world goes on after today
    costs: dict[int, tuple[Cost, Cost]] = {}
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':24}{'':12}{'wall s':>9}{'CPU s':>9}{'kept':>6}{'added':>7}{'redone':>8}  seconds by layer")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        longest = max(asked.days)
        world = make_world(WorldPlan(asked.size, asked.seed, days=longest + 1), folder / "world", contract)
        moment = datetime.combine(FIRST_DAY, datetime.min.time(), UTC) + timedelta(days=longest)
        split(world.folder / "raw", moment, asked.days, folder)
        for days in asked.days:
            history = folder / f"before-{days}"
            parts = by_day(history, moment - timedelta(days=days)) if asked.daily else [history]
            more, alone = Home(folder / f"more-{days}"), Home(folder / f"alone-{days}")
            for part in parts:
                ingest([part], more, project=PROJECT)
            build(more.root)
            ingest([folder / "day"], more, project=PROJECT)
            ingest([folder / "lists"], alone, project=PROJECT)
            ingest([folder / "day"], alone, project=PROJECT)
            costs[days] = (build(more.root), build(alone.root))
            for runner, cost in zip(("one more", "alone"), costs[days], strict=True):
                tell_of(f"{days} days", runner, cost)
            for done in (more.root, alone.root):
                shutil.rmtree(done)
    for days, (one, alone_cost) in costs.items():
        ratios = f"{one.wall / alone_cost.wall:.2f} × wall, {one.cpu / alone_cost.cpu:.2f} × CPU"
        print(f"a day more on {days} days: {ratios} of the day alone")


if __name__ == "__main__":
    main()
