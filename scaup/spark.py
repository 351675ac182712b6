"""The heavy end (staging, intermediate, features) on Apache Spark, from the same models.

    lake ─▶ raw tables ─dbt-spark─▶ features and what they read ─▶ FOLDER/<schema>/<table>/*.parquet
                                        ▲
                  links of accounts ─dbt-duckdb─▶ clusters

Connected components need tables that stand while the next round reads them, which one statement of Spark
does not have: what lies between the first and the last model that asks for `components` is built by DuckDB,
from the links that Spark wrote, and handed back. Links of accounts are few beside events.

This module runs where dbt-spark is installed: `python -m scaup.spark LAKE FOLDER [--sail]`. Spark's session
is a cluster's when SPARK_REMOTE names one, Sail's in this process with --sail, else pyspark's own.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scaup import transform
from scaup.audit import column_types
from scaup.contract import Contract, Table, read_contract
from scaup.errors import MissingInput, ScaupError, UsageError
from scaup.heavy_end import HEAVY, TYPES_FILE
from scaup.home import find_project, plain_path
from scaup.prints import prints_of, write_prints
from scaup.statements import statement
from scaup.warehouse import WAREHOUSE_FILE, connect, identifier, quoted

# A count without a sign has no type of its own in Spark.
TYPES = {
    "varchar": "string",
    "timestamptz": "timestamp",
    "json": "string",
    "ubigint": "decimal(20, 0)",
    "varchar[]": "array<string>",
    "bigint[]": "array<bigint>",
}
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "4",  # local: a cluster has its own
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.driver.memory": "4g",
}
COMPONENTS = "macro.scaup.components"
FOLDER = "SCAUP_SPARK_FOLDER"  # read by macros/dialect/tables.sql
LAKE_AND_FOLDER = "`python -m scaup.spark LAKE FOLDER [--sail]`"

Say = Callable[[str], None]


class SparkFailed(ScaupError):
    """A model did not build on Spark, or the folder it should write to is not free."""


@dataclass(frozen=True)
class Shares:
    """Names of models, and of seeds: what Spark builds before and after DuckDB has built `graph`.
    `handed` are those of the graph that Spark reads."""

    before: tuple[str, ...]
    graph: tuple[str, ...]
    handed: tuple[str, ...]
    after: tuple[str, ...]


def shares_of(manifest: Mapping[str, Any]) -> Shares:
    """Who builds what, from dbt's manifest.

    The heavy end is every feature and all that it reads. The graph is each model of it that asks for
    `components`, and each that lies between two of them.
    """
    nodes = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed")
    }
    reads = {key: set(node["depends_on"].get("nodes", ())) & set(nodes) for key, node in nodes.items()}

    def below(keys: set[str]) -> set[str]:
        """The keys and all that they read."""
        found, more = set(keys), set(keys)
        while more := {one for key in more for one in reads[key]} - found:
            found |= more
        return found

    heavy = below({key for key, node in nodes.items() if node["schema"] == "features"})
    asking = {key for key in heavy if COMPONENTS in nodes[key]["depends_on"].get("macros", ())}
    above = {key for key in heavy if below({key}) & asking}
    graph = above & below(asking)

    def names(keys: set[str]) -> tuple[str, ...]:
        return tuple(sorted(nodes[key]["name"] for key in keys))

    handed = {key for key in graph if any(key in reads[one] for one in above - graph)}
    return Shares(names(heavy - above), names(graph), names(handed), names(above - graph))


def build(lake: Path, folder: Path, project: Path, session: Any, say: Say = print) -> Shares:
    """Build the heavy end of `lake` on the Spark session and keep it as Parquet in `folder`, which must
    be new or empty. Beside it: prints.json, by which `scaup build --heavy-end` knows what still holds, and
    which is written last: a folder without it was not finished.

    Raises SparkFailed when a model does not build, MissingInput for a lake without a load, UsageError for an
    odd path.
    """
    lake = plain_path(lake.resolve(), "lake", LAKE_AND_FOLDER)
    folder = plain_path(folder.resolve(), "folder", LAKE_AND_FOLDER)
    if not any(lake.glob("[!._]*/manifest.json")):
        raise MissingInput(f"The lake {lake} has no load yet. `scaup ingest PATH…` takes files in.")
    if folder.exists() and any(folder.iterdir()):
        raise SparkFailed(f"{folder} is not empty. Spark writes into a new folder; name another one.")
    (folder / "raw").mkdir(parents=True)
    own = workspace_beside(project, lake, folder / "graph")
    own.warehouse.parent.mkdir()
    manifest = transform.run(own, [transform.PARSE]).manifest
    shares = shares_of(manifest)
    # Of the files before any is read: what lands meanwhile makes the prints stale, never the rows.
    prints = prints_of(manifest, project, lake)
    _write_types(own, folder, shares)
    contract = read_contract(project)
    link_files(lake, contract, folder / "raw")
    session.sql("create database if not exists raw")
    for table in contract.tables:
        session.sql(raw_table(table, folder / "raw" / table.name))
    say(f"Spark builds {len(shares.before)} models and seeds.")
    _on_spark(own, folder, shares.before)
    say(f"DuckDB builds the {len(shares.graph)} models of the graph.")
    for name in _on_duckdb(own, folder, manifest, shares):
        session.sql(f"create table {name} using parquet location '{folder / name.replace('.', '/')}'")
    say(f"Spark builds the other {len(shares.after)}.")
    _on_spark(own, folder, shares.after)
    write_prints(prints, folder)
    return shares


def workspace_beside(project: Path, lake: Path, folder: Path) -> transform.Workspace:
    """Where DuckDB builds its part, or anything else of a lake: a database of its own in `folder`."""
    return transform.Workspace(
        project=project,
        warehouse=folder / WAREHOUSE_FILE,
        lake=lake,
        new_loads=lake,
        target=folder / "target",
        spill=folder / "spill",
        link=folder,
        memory_limit="4GiB",
        threads=2,
    )


def link_files(lake: Path, contract: Contract, folder: Path) -> None:
    """Link all files of a raw table below one folder of its name, which is what a table of Spark's is."""
    for table in contract.tables:
        (folder / table.name).mkdir()
        for load in sorted(
            path for path in lake.iterdir() if path.is_dir() and not path.name.startswith(".")
        ):
            for path in sorted((load / table.name).rglob("*.parquet")):
                # Spark passes over files whose names begin with an underscore.
                name = "-".join((load.name.strip("_"), *path.relative_to(load / table.name).parts))
                (folder / table.name / name.replace("=", "-")).symlink_to(path.resolve())


def raw_table(table: Table, folder: Path) -> str:
    """The statement that makes a raw table of the contract on Spark, over the files of a folder."""
    return statement("spark/raw_table", table=table, types=TYPES, folder=folder)


def _write_types(own: transform.Workspace, folder: Path, shares: Shares) -> None:
    """Say in types.json what type each column has on DuckDB: {"features.feat_x": {"account_id": "VARCHAR"}}.
    Without any row, so that it costs seconds."""
    empty = replace(own, warehouse=folder / "graph" / "empty" / WAREHOUSE_FILE)
    empty.warehouse.parent.mkdir()
    everything = ["--select", *shares.before, *shares.graph, *shares.after]
    tests = ["--exclude", "resource_type:test", "resource_type:unit_test"]
    _refuse_failed(transform.run(empty, [("build", "--empty", *everything, *tests)]))
    with connect(empty.warehouse) as connection:
        types = column_types(connection)
    heavy = {name: columns for name, columns in types.items() if name.split(".")[0] in HEAVY}
    # As they stand: the order of a table's columns is part of it.
    (folder / TYPES_FILE).write_text(json.dumps(heavy, indent=1) + "\n", encoding="utf-8")


def _refuse_failed(done: transform.Transformed) -> None:
    if done.failed:
        told = [f"  {node.path}: {node.message.strip()}" for node in done.failed]
        raise SparkFailed("\n".join(["DuckDB did not build its part.", *told]))


def _on_spark(own: transform.Workspace, folder: Path, names: Sequence[str]) -> None:
    """Have dbt-spark build these, in this process: it finds the session that is open in it."""
    from dbt.cli.main import dbtRunner

    os.environ.update(own.environment)
    os.environ |= {FOLDER: str(folder), "DBT_TARGET_PATH": str(folder / "target")}
    command = ["build", "--target", "spark", "--project-dir", str(own.project), "--quiet", "--full-refresh"]
    chosen = ["--select", *names, "--exclude", "resource_type:test", "resource_type:unit_test"]
    ended = dbtRunner().invoke([*command, "--log-level-file", "none", *chosen])
    if ended.exception is not None:
        raise SparkFailed(f"dbt could not run on Spark: {ended.exception}") from ended.exception
    results = getattr(ended.result, "results", ())
    broken = [f"  {one.node.original_file_path}: {one.message}" for one in results if one.status == "error"]
    if broken or len(results) != len(names):
        told = broken or [f"  {len(results)} of {len(names)} were built."]
        raise SparkFailed("\n".join(["Not everything could be built on Spark.", *told]))


def _on_duckdb(
    own: transform.Workspace, folder: Path, manifest: Mapping[str, Any], shares: Shares
) -> list[str]:
    """Build the graph on DuckDB from what Spark wrote, and hand over what Spark reads of it. Returns the
    names of that, schema.table."""
    nodes = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    sources = {one for name in shares.graph for one in nodes[name]["depends_on"]["nodes"]}
    called = {node["unique_id"]: f"{node['schema']}.{node['name']}" for node in nodes.values()}
    inner = {called[nodes[name]["unique_id"]] for name in shares.graph}
    with connect(own.warehouse) as connection:
        for name in sorted({called[one] for one in sources} - inner):
            schema, table = name.split(".")
            connection.execute(f"create schema if not exists {identifier(schema)}")
            files = quoted(str(folder / schema / table / "*.parquet"))
            connection.execute(
                f"create view {identifier(schema)}.{identifier(table)} as from read_parquet({files})"
            )
    _refuse_failed(transform.run(own, [("run", "--select", *shares.graph)]))
    handed = [called[nodes[name]["unique_id"]] for name in shares.handed]
    with connect(own.warehouse) as connection:
        for name in sorted(inner):
            schema, table = name.split(".")
            target = folder / schema / table / "part-0.parquet"
            target.parent.mkdir(parents=True)
            connection.execute(
                f"copy {identifier(schema)}.{identifier(table)} to {quoted(str(target))} (format parquet)"
            )
    return handed


@contextmanager
def open_session(sail: bool) -> Iterator[Any]:
    """A Spark session: Sail's, started in this process; or what SPARK_REMOTE names; or pyspark's own."""
    if sail:
        from pysail.spark import SparkConnectServer

        server = SparkConnectServer(port=0)
        server.start(background=True)
        os.environ["SPARK_REMOTE"] = f"sc://127.0.0.1:{server.listening_address[1]}"
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    if "SPARK_REMOTE" not in os.environ:
        for name, value in SETTINGS.items():
            builder = builder.config(name, value)
        builder = builder.master("local[2]")
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()
        if sail:
            server.stop()


def main(arguments: Sequence[str]) -> None:
    """The command: LAKE FOLDER [--sail]."""
    places = [one for one in arguments if one != "--sail"]
    if len(places) != 2:
        raise UsageError(f"Name the lake and a new folder: {LAKE_AND_FOLDER}.")
    lake, folder = (Path(one) for one in places)
    with open_session("--sail" in arguments) as session:
        build(lake, folder, find_project(), session)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ScaupError as error:
        sys.exit(str(error))
