"""What a day costs: `scaup build` with one day more on 30, 90 and 365 days of history, and that day alone.

    python benchmarks/bench_days.py [--days 30 90 365] [--size s] [--seed 7] [--daily]

For each length a made world is split by when its rows were recorded. All but the last day is one load, or
with `--daily` a load for each day, built and published; the last day is one more load, and the build that
takes it in is what counts. Alone, the last
day's events stand on the same accounts and other lists, and on the decisions and actions that appeals refer
to, in a home of their own, with nothing published before. Wall and CPU seconds are those of the whole
process, children included; those by layer are of dbt's nodes, two of which run at a time. Worlds of different
lengths have as many requests a day.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
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


def split(raw: Path, moment: datetime, folder: Path) -> None:
    """Write a world's rows as three folders: `before` and `day`, by `recorded_at`, and `lists`, which has
    whatever is not placed in the lake by day, and what appeals refer to, of all times."""
    lists = {table.name for table in read_contract(PROJECT).tables if not table.partition}
    lists |= {"enforcement_actions", "review_decisions"}
    with connect(spill=folder / "spill") as base:
        for path in sorted(raw.rglob("*.*")):
            rows, form = rows_of(path)
            at = f"recorded_at::timestamptz < {quoted(moment.isoformat())}::timestamptz"
            parts = {"before": at, "day": f"not {at}"}
            if path.relative_to(raw).parts[0] in lists:
                parts["lists"] = "true"
            for part, condition in parts.items():
                target = folder / part / path.relative_to(raw)
                target.parent.mkdir(parents=True, exist_ok=True)
                copied = base.execute(
                    f"copy (from {rows} where {condition}) to {quoted(target)} ({form})"
                ).fetchall()
                if not copied[0][0]:
                    target.unlink()


def rows_of(path: Path) -> tuple[str, str]:
    """A raw file's rows, and how such a file is written."""
    kind = next(kind for kind in READERS if kind in path.name)
    # As text, so that what is written is what was read.
    options = ", all_varchar = true" if kind == ".csv" else ", convert_strings_to_integers = false"
    form = {".parquet": "parquet", ".jsonl": "json", ".csv": "csv"}[kind]
    zipped = ", compression gzip" if path.suffix == ".gz" else ""
    rows = f"{READERS[kind]}({quoted(path)}{'' if kind == '.parquet' else options})"
    return rows, f"format {form}{zipped}"


def by_day(folder: Path) -> list[Path]:
    """Write the rows of `before` once more, a folder for each day on which they were recorded; what is older
    than the world goes into the first. Returns the folders in the order of their days."""
    daily = folder / "daily"
    with connect(spill=folder / "spill") as base:
        for path in sorted((folder / "before").rglob("*.*")):
            rows, form = rows_of(path)
            at = f"greatest(recorded_at::timestamptz::date, {quoted(FIRST_DAY.isoformat())}::date)"
            dated = f"select *, {at} as made_on from {rows}"  # noqa: S608
            base.execute(f"create or replace temp table dated as {dated}")
            for (day,) in base.execute("select distinct made_on from dated").fetchall():
                target = daily / str(day) / path.relative_to(folder / "before")
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
    parser.add_argument("--size", default="s")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--daily", action="store_true", help="a load for each day of history")
    asked = parser.parse_args()
    contract = read_contract(PROJECT)
    judging.AHEAD += timedelta(days=max(asked.days))  # a long world goes on after today
    costs: dict[int, tuple[Cost, Cost]] = {}
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':24}{'':12}{'wall s':>9}{'CPU s':>9}{'kept':>6}{'added':>7}{'redone':>8}  seconds by layer")
    for days in asked.days:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            plan = WorldPlan(asked.size, asked.seed, days=days + 1)
            world = make_world(plan, folder / "world", contract)
            last: date = FIRST_DAY + timedelta(days=days)
            split(world.folder / "raw", datetime(last.year, last.month, last.day, tzinfo=UTC), folder)
            more, alone = folder / "more", folder / "alone"
            for part in by_day(folder) if asked.daily else [folder / "before"]:
                ingest([part], Home(more), project=PROJECT)
            build(more)
            ingest([folder / "day"], Home(more), project=PROJECT)
            ingest([folder / "lists"], Home(alone), project=PROJECT)
            ingest([folder / "day"], Home(alone), project=PROJECT)
            costs[days] = (build(more), build(alone))
            for runner, cost in zip(("one more", "alone"), costs[days], strict=True):
                tell_of(f"{days} days", runner, cost)
    for days, (one, alone_cost) in costs.items():
        ratios = f"{one.wall / alone_cost.wall:.2f} × wall, {one.cpu / alone_cost.cpu:.2f} × CPU"
        print(f"a day more on {days} days: {ratios} of the day alone")


if __name__ == "__main__":
    main()
