"""Score made worlds at several seeds and mixes: precision, recall, days and tokens, with intervals.

    python benchmarks/score_worlds.py --size l --seeds 101-110 --mixes 0.05,0.1,0.25,0.5,1 --out FOLDER

For each seed and mix: a world is made, taken in, built with dbt alone (the models that the score reads
and what they rest on; no data tests, no Great Expectations), scored against its sealed key, and deleted.
Signals were tuned on seed 7 of worlds s and m and on seeds 1 and 2 of world s; give other seeds here.
Prints one line per mix and planted kind, summed over seeds; `FOLDER/scores.json` keeps every row of every
world, and what is there already is not made again. World l takes about 15 minutes each, m about 3, s under
one (CPU).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from scaup.contract import read_contract
from scaup.home import Home, find_project
from scaup.ingest import ingest
from scaup.score import SQL, score
from scaup.transform import Workspace
from scaup.warehouse import WAREHOUSE_FILE, Snapshot
from scaup.world import WorldPlan, make_world

SUMMED = ("subjects", "hit", "above_escalation", "tokens_before_detection")


def score_world(plan: WorldPlan, room: Path) -> dict[str, Any]:
    """Make, take in, build and score one world in `room`, which is empty before and after."""
    home, project = Home(room), find_project()
    world = make_world(plan, home.worlds / "world", read_contract(project))
    ingest([world.raw], home, project=project)
    folder = room / "built"
    folder.mkdir()
    workspace = Workspace(
        project=project,
        warehouse=folder / WAREHOUSE_FILE,
        lake=home.lake,
        new_loads=home.lake,
        target=room / "target",
        spill=room / "spill",
        link=room / "now",
        memory_limit="4GiB",
        threads=2,
    )
    environment = workspace.environment | {"DBT_LOG_PATH": str(room / "logs")}
    for step in (["seed"], ["run", "--select", *(f"+{model}" for model in models_read())]):
        subprocess.run(
            [str(Path(sys.executable).with_name("dbt")), "--quiet", *step],
            cwd=project,
            env=environment,
            check=True,
        )
    result = score(Snapshot("built", folder), world.folder)
    shutil.rmtree(room)
    return {
        "kinds": result.kinds,
        "clusters": result.clusters,
        "signals": result.signals,
        "others": result.others,
    }


def models_read() -> list[str]:
    """The models that `scaup score` reads, by name."""
    statements = (path.read_text(encoding="utf-8") for path in sorted(SQL.glob("*.sql")))
    return sorted({name for sql in statements for name in re.findall(r"snapshot\.\w+\.(\w+)", sql)})


def wilson(found: int, total: int) -> str:
    """A share with its 95 % interval (Wilson 1927), in whole per cent."""
    if not total:
        return "–"
    z, share = 1.959963984540054, found / total
    middle = share + z * z / (2 * total)
    reach = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low, high = ((middle + side * reach) / (1 + z * z / total) for side in (-1, 1))
    return f"{share:.0%} ({max(low, 0):.0%}–{min(high, 1):.0%})"


def table(scores: dict[str, Any]) -> list[str]:
    """One line per mix and kind, over all seeds."""
    sums: dict[tuple[float, str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    days: dict[tuple[float, str, str], list[float]] = defaultdict(list)
    for entry in scores.values():
        for row in entry["kinds"]:
            key = (entry["mix"], row["role"], row["kind"])
            for name in SUMMED:
                sums[key][name] += row[name] or 0
            sums[key]["accused"] += row["accused"] or 0
            sums[key]["rightly"] += round((row["precision"] or 0) * (row["accused"] or 0))
            if row["median_days_to_detection"] is not None:
                days[key].append(row["median_days_to_detection"])
        for row in entry["clusters"]:
            key = (entry["mix"], "actor", row["kind"])
            for name in ("groups", "groups_found", "clusters_flagged", "flagged_members"):
                sums[key][name] += row[name] or 0
            sums[key]["clusters_right"] += round(
                (row["cluster_precision"] or 0) * (row["clusters_flagged"] or 0)
            )
            sums[key]["flagged_rightly"] += round(
                (row["member_precision"] or 0) * (row["flagged_members"] or 0)
            )
    lines = [
        "| mix | kind | subjects | hit | escalated | precision, escalated | groups found "
        "| precision, clusters | precision, members | days | tokens before |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for (mix, role, kind), row in sorted(sums.items()):
        n = {name: int(value) for name, value in row.items()}
        middle = sorted(days[mix, role, kind])
        known = " (banned already)" if role == "already_banned" else ""
        lines.append(
            f"| {mix:.0%} | {kind}{known} | {n['subjects']} | {wilson(n['hit'], n['subjects'])} "
            f"| {wilson(n['above_escalation'], n['subjects'])} "
            f"| {wilson(n.get('rightly', 0), n.get('accused', 0))} "
            f"| {wilson(n.get('groups_found', 0), n.get('groups', 0))} "
            f"| {wilson(n.get('clusters_right', 0), n.get('clusters_flagged', 0))} "
            f"| {wilson(n.get('flagged_rightly', 0), n.get('flagged_members', 0))} "
            f"| {f'{middle[len(middle) // 2]:.1f}' if middle else '–'} | {n['tokens_before_detection']:,} |"
        )
    return lines


def main() -> None:
    """Score what is asked for and not there yet; print the table after each world."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--size", default="m")
    reader.add_argument("--seeds", default="101-102", help="a range, as in 101-110")
    reader.add_argument("--mixes", default="0.05,0.1,0.25,0.5,1")
    reader.add_argument("--out", type=Path, required=True)
    asked = reader.parse_args()
    first, _, last = asked.seeds.partition("-")
    out = asked.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    kept = out / "scores.json"
    scores: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    for mix in map(float, asked.mixes.split(",")):
        for seed in range(int(first), int(last or first) + 1):
            name = f"{asked.size}-{seed}-{mix}"
            if name in scores:
                continue
            room = out / f"{name}.{os.getpid()}"
            scores[name] = {"mix": mix, "seed": seed, **score_world(WorldPlan(asked.size, seed, mix), room)}
            kept.write_text(json.dumps(scores, indent=1), encoding="utf-8")
            print(f"{name} done", file=sys.stderr)
            print("\n".join(table(scores)), flush=True)


if __name__ == "__main__":
    main()
