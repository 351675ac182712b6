"""How much of a build dbt takes: its run beside the very SQL that it compiled, alone.

    python benchmarks/bench_dbt_share.py [--home HOME] [--rounds 1]

Both make every seed and model of the home's lake from nothing, in a folder that is thrown away, with two
threads and 4 GiB. dbt works on two models at once; the SQL alone runs one statement after the other in one
connection, in the order in which dbt finished them. Tests are in neither. The two take turns; printed are
medians of wall and CPU seconds, and the share of dbt's wall time that is not the SQL's.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from figures import tell

from scaup import transform
from scaup.contract import read_contract
from scaup.home import Home, find_home, find_project
from scaup.ingest import prepare_lake
from scaup.warehouse import WAREHOUSE_FILE, connect, identifier, quoted

MEMORY, THREADS = "4GiB", 2
BUILD = ("build", "--full-refresh", "--exclude-resource-type", "test", "unit_test")


@contextmanager
def clocked(into: list[tuple[float, float]]) -> Iterator[None]:
    """Append wall and CPU seconds of the block, its ended children included."""
    wall, cpu = time.perf_counter(), _cpu()
    yield
    into.append((time.perf_counter() - wall, _cpu() - cpu))


def _cpu() -> float:
    kinds = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in kinds)


def with_dbt(workspace: transform.Workspace) -> transform.Transformed:
    """Seeds and models, as a build makes them."""
    done = transform.run(workspace, (BUILD,))
    if done.failed:
        raise SystemExit(f"{done.failed[0].name}: {done.failed[0].message}")
    return done


def alone(workspace: transform.Workspace, done: transform.Transformed, target: Path) -> int:
    """One statement for every model, as dbt compiled it, and for every seed. Returns how many."""
    nodes = {(node["original_file_path"], node["name"]): node for node in done.manifest["nodes"].values()}
    made = 0
    with closing(
        connect(target, memory_limit=MEMORY, threads=THREADS, spill=target.parent / "spill")
    ) as base:
        base.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
        for ended in done.nodes:
            node = nodes.get((ended.path, ended.name))
            if node is None or ended.kind not in ("seed", "model"):
                continue
            base.execute(f"create schema if not exists {identifier(node['schema'])}")
            relation = f"{identifier(node['schema'])}.{identifier(node['name'])}"
            if ended.kind == "seed":
                kinds = node["config"].get("column_types") or {}
                types = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in kinds.items())
                file = workspace.project / node["original_file_path"]
                base.execute(
                    f"create table {relation} as from read_csv({quoted(file)}, header = true"
                    + (f", types = {{{types}}})" if types else ")")
                )
            else:
                path = workspace.target / "compiled" / node["package_name"] / node["original_file_path"]
                kind = "view" if node["config"]["materialized"] == "view" else "table"
                base.execute(f"create {kind} {relation} as {path.read_text(encoding='utf-8')}")
            made += 1
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    home, project = find_home(asked.home), find_project()
    prepare_lake(home, read_contract(project))
    print(f"lake {home.lake}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    took: dict[str, list[tuple[float, float]]] = {"dbt": [], "SQL alone": []}
    for _ in range(asked.rounds):
        with tempfile.TemporaryDirectory() as name:
            private = Home(Path(name))
            room = private.staging / "room"
            (room / "snapshot").mkdir(parents=True)
            (room / "lake").symlink_to(home.lake)
            workspace = transform.workspace_in(private, project, room, MEMORY, THREADS)
            with clocked(took["dbt"]):
                done = with_dbt(workspace)
            target = Path(name) / "alone" / WAREHOUSE_FILE
            target.parent.mkdir()
            with clocked(took["SQL alone"]):
                made = alone(workspace, done, target)
    print(f"{made} seeds and models")
    medians = {which: [statistics.median(column) for column in zip(*times, strict=True)]
               for which, times in took.items()}  # fmt: skip
    for which, (wall, cpu) in medians.items():
        print(f"{which:10} {wall:8.1f} s wall {cpu:8.1f} s CPU")
    (dbt, dbt_cpu), (sql, sql_cpu) = medians.values()
    tell(f"{made} seeds and models", "with dbt", "scaup", dbt, dbt_cpu)
    tell(f"{made} seeds and models", "SQL alone", "floor", sql, sql_cpu)
    print(f"dbt's share of its wall time: {1 - sql / dbt:.0%}; of its CPU time: {1 - sql_cpu / dbt_cpu:.0%}")


if __name__ == "__main__":
    main()
