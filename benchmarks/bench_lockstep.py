"""Who acted in step: the question `coordinated_network` beside coordination-network-toolkit.

    python benchmarks/bench_lockstep.py [--events 100000 1000000 10000000] [--memory 2GiB] [--cap 1800]

The events are made: most acts fall on their own or on objects that many touch over four weeks, and
some hundreds of groups act on the same objects within seconds. The question's own SQL runs in DuckDB held to
`--memory`; the toolkit's co-reply network (an object is what is replied to) runs on two processes on
its SQLite file. Loading is not timed on either side: both find the events in their own format. The
answers must be equal: the toolkit weighs an ordered pair by the first account's acts that met one
of the second's within the window, which the question gives as `act_count` and `act_count_y`. A toolkit
that passes `--cap` seconds is stopped: its ratio is then a lower bound and its answer is not compared,
which the table says.
"""

from __future__ import annotations

import argparse
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb
import jinja2
from children import waited
from figures import Role, tell

PROJECT = Path(__file__).resolve().parent.parent
WINDOW, MINIMUM = 10, 2
EVENTS = """
    create table int_requests as
    with numbers as (
        select n, hash(n) as h1, hash(n + 1000000000000) as h2, hash(n + 2000000000000) as h3
        from range($events) as numbers(n)
    )
    select
        'r' || n as request_id,
        null::varchar as conversation_id,
        'api' as surface,
        null::varchar as slot_hash,
        null::varchar[] as prefix_block_hashes,
        null::varchar as system_hash,
        null::varchar as target_hmac,
        null::varchar as contact_hmac,
        case
            when n % 20 = 0 then 'g' || (h1 % ($events // 20000 + 1)) || 'm' || (h2 % 20)
            else 'a' || (h1 % ($events // 40 + 1))
        end as account_id,
        -- Of twenty acts one is a group's, on one of its own objects within some seconds; two fall on
        -- objects that thousands touch; the others on one of many.
        case
            when n % 20 = 0
            then 'o' || (h1 % ($events // 20000 + 1)) || 'd' || (h3 % 40)
            when n % 20 < 3 then 'hot' || (h2 % 1000)
            else 'o' || (h2 % ($events // 5 + 1))
        end as template_hash,
        epoch_ms(
            1767225600000
            + case
                when n % 20 = 0
                then ((hash((h1 % ($events // 20000 + 1)) * 40 + h3 % 40) % 2419000) + h2 % 15)::bigint
                else (h3 % 2419200)::bigint
            end
            * 1000
        )::timestamptz as occurred_at
    from numbers
"""


def question() -> str:
    loader = jinja2.FileSystemLoader(PROJECT / "analyses")
    template = jinja2.Environment(loader=loader).get_template("coordinated_network.sql")
    return template.render(ref=lambda name: name)


def connect(path: Path, memory: str) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        str(path),
        config={"memory_limit": memory, "threads": 2, "temp_directory": str(path.parent / "spill")},
    )


def run_scaup(folder: Path, memory: str) -> None:
    connection = connect(folder / "events.duckdb", memory)
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(
        f"create or replace temp table found as {question()}",
        {
            "object_type": "template",
            "time_window_seconds": WINDOW,
            "min_participation": MINIMUM,
            "minimum_weight": MINIMUM,
            "since": "2020-01-01",
            "until": "2030-01-01",
            "surface": None,
            "limit": 100_000_000,
        },
    )
    connection.execute(f"copy found to '{folder / 'scaup.parquet'}' (format parquet)")


def run_peer(folder: Path) -> None:
    from coordination_network_toolkit.compute_networks import compute_co_reply_network

    compute_co_reply_network(str(folder / "peer.db"), WINDOW, min_edge_weight=MINIMUM, n_threads=2)


def fill(folder: Path, events: int, memory: str, with_peer: bool) -> None:
    """The same events in both formats."""
    connection = connect(folder / "events.duckdb", memory)
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(EVENTS, {"events": events})
    connection.execute(
        "create table int_uploads (sha256 varchar, content_id varchar, account_id varchar, "
        "created_at timestamptz)"
    )
    if with_peer:
        from coordination_network_toolkit.database import initialise_db

        database = initialise_db(str(folder / "peer.db"))
        database.execute("begin")
        cursor = connection.execute(
            "select request_id, account_id, template_hash, epoch(occurred_at)::bigint from int_requests"
        )
        while rows := cursor.fetchmany(100_000):
            database.executemany(
                "insert into edge (message_id, user_id, reply_id, timestamp) values (?, ?, ?, ?)", rows
            )
        database.execute("commit")
        database.close()
    connection.close()


def differences(folder: Path) -> tuple[int, int]:
    """Edges of the toolkit with at least the minimum weight, and those that are not equal."""
    import sqlite3

    peer = sqlite3.connect(folder / "peer.db").execute(
        "select user_1, user_2, weight from co_reply_network where user_1 <> user_2"
    )
    connection = duckdb.connect()
    connection.execute("create table peer (a varchar, b varchar, weight bigint)")
    while rows := peer.fetchmany(50_000):
        connection.execute(
            "insert into peer select unnest($1::varchar[]), unnest($2::varchar[]), unnest($3::bigint[])",
            [list(column) for column in zip(*rows, strict=True)],
        )
    connection.execute(
        "create table ours as select account_id as a, account_id_y as b, act_count as weight "
        "from read_parquet($1) union all select account_id_y, account_id, act_count_y from read_parquet($1)",
        [str(folder / "scaup.parquet")],
    )
    row = connection.execute(
        "with ours as (from ours where weight >= $1) select (select count(*) from peer), "
        "(select count(*) from (from ours except all from peer)) "
        "+ (select count(*) from (from peer except all from ours))",
        [MINIMUM],
    ).fetchone()
    assert row is not None
    return row


def measure(runner: str, folder: Path, memory: str, cap: float) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds (children included) and peak MB of the largest process of one run.

    A run that is stopped at the cap has its seconds of wall time and no others.
    """
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, __file__, "--run", runner, str(folder), memory],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    stopper = threading.Timer(cap, os.killpg, [child.pid, signal.SIGKILL])
    stopper.start()
    taken = waited(child, began)
    stopper.cancel()
    if taken.exit < 0 and taken.wall >= cap:
        return cap, math.nan, math.nan
    if taken.exit:
        sys.exit(f"{runner} failed")
    return taken.wall, taken.cpu, taken.peak_mb


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--memory", default="2GiB")
    parser.add_argument("--cap", type=float, default=3600, help="seconds that the peer may take")
    parser.add_argument("--alone", action="store_true", help="without the peer")
    parser.add_argument("--run", nargs=3)
    arguments = parser.parse_args()
    if arguments.run:
        runner, folder, memory = arguments.run
        run_scaup(Path(folder), memory) if runner == "scaup" else run_peer(Path(folder))
        return
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; window {WINDOW} s, minimum {MINIMUM}")
    print("      events runner     wall s    CPU s  peak MB")
    for count in arguments.events:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            fill(folder, count, arguments.memory, not arguments.alone)
            runs = {}
            for runner in ("scaup",) if arguments.alone else ("scaup", "toolkit"):
                cap = arguments.cap if runner == "toolkit" else 3600
                runs[runner] = measure(runner, folder, arguments.memory, cap)
                wall, cpu, memory = runs[runner]
                role: Role = "scaup" if runner == "scaup" else "peer"
                note = "stopped, so at least this long" if math.isnan(cpu) else ""
                tell(f"{count:,} events", runner, role, wall, cpu, memory, note)
                print(f"{count:12,} {runner:8} {wall:8.1f} {cpu:8.1f} {memory:8.0f}", flush=True)
            if not arguments.alone and math.isnan(runs["toolkit"][1]):
                ratio = runs["toolkit"][0] / runs["scaup"][0]
                print(
                    f"{'':12} the toolkit was stopped: more than {ratio:.1f} x faster, answers not compared"
                )
            elif not arguments.alone:
                edges, unequal = differences(folder)
                ratio = runs["toolkit"][0] / runs["scaup"][0]
                cpu_ratio = runs["toolkit"][1] / runs["scaup"][1]
                print(
                    f"{'':12} {edges:,} ordered pairs, {unequal} unequal; "
                    f"{ratio:.1f} x faster, {cpu_ratio:.1f} x less CPU",
                    flush=True,
                )
                if unequal or not edges:
                    sys.exit("the answers differ")


if __name__ == "__main__":
    main()
