"""Features of account days, exact, beside their floor and beside what one would pick instead.

    python benchmarks/bench_features.py [--home HOME] [--rounds 3] [--only RUNNER …] [--shares 0.01 0.1 1]

All read the same Parquet: the published snapshot's requests with an account, one file, in its order, with
the gap to the account's previous request, which is stored once, at load. Each runner is a process of its
own that reads it and writes the features as Parquet; the runners take turns, and what counts is the median.

    floor    DuckDB: one scan of the columns that are needed, and a plain `count(*)` by account and day
    scaup    the models feat_account_hours and feat_account_days as they stand, with all their 58 columns, in
             DuckDB held to `--memory`, in one statement; at world xl that wants 12GiB, and a build, which
             has 4, makes them of few days at a time
    polars   the streaming engine, lazily
    pandas   one `groupby` after the other
    chdb     ClickHouse in process, one statement

The peers make 40 of the columns (FEATURES); these are compared row by row: counts and hashes exactly,
doubles to 1e-9. `--shares` takes a share of the accounts, so that the largest size can be found that a
peer survives.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import feature_peers
from children import apart, waited
from feature_peers import CLOSE, EXACT, FEATURES, NEEDED
from figures import Role, tell

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests/oracles")]

RUNNERS = ("floor", "scaup", "polars", "pandas", "chdb")
PEERS = RUNNERS[2:]


def extract(snapshot: Path, folder: Path, share: float) -> tuple[int, int]:
    """Write what the models and the peers read, as Parquet files. Returns rows and accounts."""
    with held("4GiB", folder) as base:
        base.execute("set preserve_insertion_order = true")
        base.execute(f"attach '{snapshot}' as s (read_only)")
        chosen = f"account_id is not null and hash(account_id) % 1000000 < {int(share * 1_000_000)}"
        base.execute(
            f"copy (select {', '.join(NEEDED)} from s.intermediate.int_requests where {chosen}) "  # noqa: S608
            f"to '{folder}/requests.parquet' (format parquet, compression zstd, row_group_size 122880)"
        )
        views = {
            # Staging is views over a lake that may have gone; the sign-up's day is in the features.
            "stg_accounts": "select account_id, "
            "any_value(activity_date - account_age_days::integer) as created_at "
            "from s.features.feat_account_days group by account_id",
            "int_verified_memberships": "from s.intermediate.int_verified_memberships",
        }
        for name, sql in views.items():
            base.execute(f"copy ({sql}) to '{folder}/{name}.parquet' (format parquet)")
        counted = base.execute(
            f"select count(*), count(distinct account_id) from '{folder}/requests.parquet'"  # noqa: S608
        ).fetchone()
        assert counted is not None
        return counted


def held(memory: str, spill: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB with two threads, a memory limit, and somewhere to spill."""
    connection = duckdb.connect(
        config={
            "threads": 2,
            "memory_limit": memory,
            "temp_directory": str(spill),
            "preserve_insertion_order": False,
        }
    )
    connection.execute("set enable_progress_bar = false")  # it would be drawn into a log, too
    return connection


def run_floor(folder: Path, out: Path, memory: str) -> None:
    """Read every column that is needed once, and count by account and day."""
    connection = held(memory, folder)
    looked_at = ", ".join(f"max(hash({name})) as {name}" for name in NEEDED)
    connection.execute(f"select {looked_at} from '{folder}/requests.parquet'").fetchall()  # noqa: S608
    connection.execute(
        f"copy (select account_id, activity_date, count(*) as request_count from '{folder}/requests.parquet' "  # noqa: S608
        f"group by account_id, activity_date) to '{out}' (format parquet)"
    )


def run_scaup(folder: Path, out: Path, memory: str) -> None:
    """Both models, as dbt would make them, but from Parquet."""
    from model_sql import model_sql

    connection = held(memory, folder)
    for name, file in (
        ("int_requests", "requests"),
        ("stg_accounts",) * 2,
        ("int_verified_memberships",) * 2,
    ):
        connection.execute(f"create view {name} as from '{folder}/{file}.parquet'")
    hours = model_sql("marts/features/feat_account_hours")
    connection.execute(f"create temp table feat_account_hours as {hours}")
    connection.execute(f"copy ({model_sql('marts/features/feat_account_days')}) to '{out}' (format parquet)")


def measure(runner: str, folder: Path, out: Path, memory: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MB of one run in a process of its own; infinite when it failed."""
    out.unlink(missing_ok=True)  # ClickHouse does not write into a file of before
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, __file__, "--run", runner, str(folder), str(out), memory])
    taken = waited(child, began)
    if taken.exit:
        return float("inf"), float("inf"), float("inf")
    return taken.wall, taken.cpu, taken.peak_mb


def differences(one: Path, other: Path) -> dict[str, int]:
    """Rows that differ, by column; `rows` counts account days that only one has."""
    tests = [
        f"count(*) filter (x.{name} is distinct from y.{name}) as {name}"
        for name in (*EXACT, "top_template_hash")
    ]
    tests += [
        f"count(*) filter ((x.{name} is null) != (y.{name} is null) "
        f"or abs(x.{name} - y.{name}) > 1e-9 * greatest(1, abs(x.{name}))) as {name}"
        for name in CLOSE
    ]
    sql = (
        "select count(*) filter (x.account_id is null or y.account_id is null) as rows, "  # noqa: S608
        f"{', '.join(tests)} from '{one}' as x "
        "full join (select * replace (activity_date::date as activity_date) "
        f"from '{other}') as y using (account_id, activity_date)"
    )
    found = duckdb.execute(sql)
    names = [column[0] for column in found.description or ()]
    return {name: int(value) for name, value in zip(names, found.fetchone() or (), strict=True) if value}


def main() -> None:
    """Print a table per share of accounts: medians, and ratios to the floor and to Scaup."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=RUNNERS, default=RUNNERS)
    parser.add_argument("--shares", type=float, nargs="+", default=[1.0])
    parser.add_argument("--memory", default="4GiB")
    parser.add_argument("--run", nargs=4)
    asked = parser.parse_args()
    if asked.run:
        runner, folder, out, memory = asked.run
        if runner in PEERS:
            getattr(feature_peers, f"run_{runner}")(Path(folder), Path(out))
        else:
            (run_floor if runner == "floor" else run_scaup)(Path(folder), Path(out), memory)
        return
    from scaup.home import find_home
    from scaup.warehouse import open_snapshot

    snapshot = open_snapshot(find_home(asked.home))
    differs = False
    for share in asked.shares:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            rows, accounts = apart(extract, snapshot.warehouse, folder, share)
            size = (folder / "requests.parquet").stat().st_size / 2**20
            print(
                f"{rows:,} requests of {accounts:,} accounts, {size:,.0f} MiB of Parquet; "
                f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
            )
            print("runner      wall s     CPU s   peak MB   wall ÷ floor   wall ÷ scaup    CPU ÷ scaup")
            runs: dict[str, list[tuple[float, float, float]]] = {runner: [] for runner in asked.only}
            for _ in range(asked.rounds):
                for runner in asked.only:
                    runs[runner].append(
                        measure(runner, folder, folder / f"{runner}.out.parquet", asked.memory)
                    )
            medians = {
                runner: tuple(map(statistics.median, zip(*taken, strict=True)))
                for runner, taken in runs.items()
            }
            for runner, (wall, cpu, peak) in medians.items():
                ratios = [
                    f"{top / medians[base][at]:14.2f}×" if base in medians else f"{'–':>15}"
                    for base, at, top in (("floor", 0, wall), ("scaup", 0, wall), ("scaup", 1, cpu))
                ]
                print(f"{runner:8}{wall:10.1f}{cpu:10.1f}{peak:10.0f}" + "".join(ratios), flush=True)
                role: Role = "peer" if runner in PEERS else "floor" if runner == "floor" else "scaup"
                note = "" if wall < float("inf") else "did not survive"
                tell(f"{rows:,} requests", runner, role, wall, cpu, peak, note)
            survived = {runner for runner, (wall, *_) in medians.items() if wall < float("inf")}
            for peer in PEERS:
                if {"scaup", peer} <= survived:
                    outs = (folder / f"{runner}.out.parquet" for runner in ("scaup", peer))
                    found = apart(differences, *outs)
                    print(
                        f"{peer}: " + (f"DIFFERS: {found}" if found else f"equal in {len(FEATURES)} features")
                    )
                    differs = differs or bool(found)
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
