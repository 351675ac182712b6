"""Connected components of random graphs in SQL, beside igraph, scipy and Splink, load and all.

    python benchmarks/bench_components.py [--edges 1000000 10000000] [--rounds 3]

Accounts are numbered, not counted: their 32-bit numbers are scattered, as keys are, so a peer that
wants positions has to make them, as its users have to. Each runner is a process of its own that reads
the edges from Parquet and writes (node, component) to Parquet; the runners take turns, and what counts
is the median of the wall time, of CPU seconds and of peak memory. Scaup's runner is the macro
`components` that the model `int_account_clusters` calls, with DuckDB held to `--memory`. Every answer
is compared with igraph's, as partitions.
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
from children import apart, waited
from figures import tell

PROJECT = Path(__file__).resolve().parent.parent
RUNNERS = ("scaup", "igraph", "scipy", "splink")


def make(path: Path, edge_count: int) -> None:
    """Random edges over 0.8 times as many nodes: one giant component and many small ones."""
    node_count = edge_count * 8 // 10
    duckdb.execute(
        f"copy (select (hash(hash(n) % {node_count}) % 4294967296)::bigint as a, "  # noqa: S608
        f"(hash(hash(n + 1000000000) % {node_count}) % 4294967296)::bigint as b "
        f"from range({edge_count}) as numbers(n)) to '{path}' (format parquet)"
    )


def run_scaup(edges: str, out: str, memory: str) -> None:
    sys.path.insert(0, str(PROJECT / "tests/oracles"))
    from model_sql import macros

    with tempfile.TemporaryDirectory() as spill:
        connection = duckdb.connect(
            config={
                "memory_limit": memory,
                "threads": 2,
                "temp_directory": spill,
                "preserve_insertion_order": False,
            }
        )
        connection.execute(
            f"create view edges as select a::uinteger as a, b::uinteger as b from read_parquet('{edges}')"  # noqa: S608
        )
        connection.execute(f"copy ({macros()['components']('edges')}) to '{out}' (format parquet)")


def run_splink(edges: str, out: str) -> None:
    """Splink's clustering, which wants the nodes beside the edges, in a DuckDB that takes what it likes."""
    from splink import DuckDBAPI
    from splink.clustering import cluster_pairwise_predictions_at_threshold

    with tempfile.TemporaryDirectory() as spill:
        connection = duckdb.connect(config={"threads": 2, "temp_directory": spill})
        connection.execute("create table edges as from read_parquet($1)", [edges])
        connection.execute("create table nodes as select distinct unnest([a, b]) as node from edges")
        found = cluster_pairwise_predictions_at_threshold(
            "nodes",
            "edges",
            DuckDBAPI(connection=connection),
            node_id_column_name="node",
            edge_id_column_name_left="a",
            edge_id_column_name_right="b",
        )
        connection.execute(
            f"copy (select node, cluster_id as component from {found.physical_name}) "  # noqa: S608
            f"to '{out}' (format parquet)"
        )


def run_peer(peer: str, edges: str, out: str) -> None:
    import numpy as np

    connection = duckdb.connect(config={"threads": 2})
    table = connection.execute("select a, b from read_parquet($1)", [edges]).fetchnumpy()
    numbers, ends = np.unique(np.concatenate([table["a"], table["b"]]), return_inverse=True)
    half = len(ends) // 2
    if peer == "igraph":
        import igraph

        graph = igraph.Graph(n=len(numbers), edges=np.column_stack([ends[:half], ends[half:]]))
        labels = np.array(graph.connected_components().membership)
    else:
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        ones = np.ones(half, dtype=np.int8)
        matrix = coo_array((ones, (ends[:half], ends[half:])), shape=(len(numbers), len(numbers))).tocsr()
        labels = connected_components(matrix, directed=False)[1]
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"node": numbers, "component": labels}), out)


def same_partition(one: Path, other: Path) -> bool:
    """True when each component of the one is a component of the other."""
    row = duckdb.execute(
        "with joined as (select x.component as a, y.component as b, count(*) as n "
        "from read_parquet($1) as x full join read_parquet($2) as y using (node) group by all) "
        "select count(*), count(distinct a), count(distinct b) from joined",
        [str(one), str(other)],
    ).fetchone()
    assert row is not None
    return row[0] == row[1] == row[2]


def measure(runner: str, edges: Path, out: Path, memory: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MB of one run in a process of its own."""
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, __file__, "--run", runner, str(edges), str(out), memory])
    taken = waited(child, began)
    if taken.exit:
        sys.exit(f"{runner} failed")
    return taken.wall, taken.cpu, taken.peak_mb


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--edges", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default="272MiB")
    parser.add_argument("--run", nargs=4)
    arguments = parser.parse_args()
    if arguments.run:
        runner, edges, out, memory = arguments.run
        if runner == "scaup":
            run_scaup(edges, out, memory)
        elif runner == "splink":
            run_splink(edges, out)
        else:
            run_peer(runner, edges, out)
        return
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("       edges runner     wall s    CPU s  peak MB  wall ratio  memory")
    for count in arguments.edges:
        with tempfile.TemporaryDirectory() as folder:
            edges = Path(folder) / "edges.parquet"
            apart(make, edges, count)
            runs: dict[str, list[tuple[float, float, float]]] = {runner: [] for runner in RUNNERS}
            for _ in range(arguments.rounds):
                for runner in RUNNERS:
                    runs[runner].append(
                        measure(runner, edges, Path(folder) / f"{runner}.parquet", arguments.memory)
                    )
            medians = {
                runner: [statistics.median(column) for column in zip(*taken, strict=True)]
                for runner, taken in runs.items()
            }
            for runner, (wall, cpu, memory) in medians.items():
                print(
                    f"{count:12,} {runner:8} {wall:8.1f} {cpu:8.1f} {memory:8.0f} "
                    f"{wall / medians['igraph'][0]:10.2f}x {memory / medians['igraph'][2]:6.2f}x"
                )
            for runner in RUNNERS:
                tell(f"{count:,} edges", runner, "scaup" if runner == "scaup" else "peer", *medians[runner])
            for runner in RUNNERS:
                if runner == "igraph":
                    continue
                equal = apart(
                    same_partition, Path(folder) / f"{runner}.parquet", Path(folder) / "igraph.parquet"
                )
                print(
                    f"{'':12} {runner}: {'the same partition as igraph' if equal else 'DIFFERS FROM IGRAPH'}"
                )
                if not equal:
                    sys.exit(1)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
