"""The heavy end on Spark beside the heavy end on DuckDB: every column of every table, on world s.

`make test-sail` (no JVM) and `make test-spark` (pyspark) run this file, each in an environment of its own;
its name keeps it out of the suite, which has no Spark. What may differ stands in exceptions.csv with the
feature that the engine lacks; an exception that nothing needs any more fails, too.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from columns import differences, key_of

from scaup.heavy_end import TYPES_FILE
from scaup.home import Home
from scaup.spark import shares_of, workspace_beside
from scaup.transform import read_manifest, run
from scaup.warehouse import connect, quoted

EXCEPTIONS = list(csv.DictReader((Path(__file__).parent / "exceptions.csv").open(encoding="utf-8")))
TESTS = ("--exclude", "resource_type:test", "resource_type:unit_test")


@pytest.fixture(scope="session")
def manifest_and_warehouse(
    shared: Callable[[str, Callable[[Path], None]], Path], lake_home: Home, project: Path
) -> tuple[dict[str, Any], Path]:
    """dbt's manifest, and a database in which DuckDB has built the heavy end of the lake."""
    folder = shared("duckdb", lambda folder: None)
    own = workspace_beside(project, lake_home.lake, folder)
    if not own.warehouse.exists():
        own.warehouse.parent.mkdir(exist_ok=True)
        done = run(own, [("build", "--select", "+path:models/marts/features", *TESTS)])
        assert not done.failed
    return read_manifest(own), own.warehouse


@pytest.fixture(scope="session")
def manifest(manifest_and_warehouse: tuple[dict[str, Any], Path]) -> dict[str, Any]:
    return manifest_and_warehouse[0]


@pytest.fixture(scope="session")
def both(manifest_and_warehouse: tuple[dict[str, Any], Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with what DuckDB built alone, as `duck`."""
    with connect() as connection:
        connection.execute(f"attach {quoted(str(manifest_and_warehouse[1]))} as duck (read_only)")
        yield connection


def test_spark_builds_every_feature_and_is_handed_nothing_but_the_graph(
    built_on_spark: Path, manifest: Mapping[str, Any]
):
    shares = shares_of(manifest)
    models = {one["name"]: one for one in manifest["nodes"].values() if one["resource_type"] == "model"}
    spark, types = {*shares.before, *shares.after}, json.loads((built_on_spark / TYPES_FILE).read_text())
    features = {name for name, one in models.items() if one["schema"] == "features"}
    assert features <= spark and not spark & {*shares.graph}
    assert {name.split(".")[1] for name in types} >= features
    for name in spark & set(models):
        assert "macro.scaup.components" not in models[name]["depends_on"]["macros"], name
    print(f"Spark builds {len(spark & set(models))} models; DuckDB {', '.join(shares.graph)}")


def test_no_column_differs(
    built_on_spark: Path, both: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], engine: str
):
    types = json.loads((built_on_spark / TYPES_FILE).read_text(encoding="utf-8"))
    differing: dict[tuple[str, str], int] = {}
    compared = 0
    for name in sorted(types):
        files = quoted(str(built_on_spark / name.replace(".", "/") / "*.parquet"))
        key = key_of(manifest, name)
        described = both.execute(f"describe duck.{name}").fetchall()
        assert [(row[0], row[1]) for row in described] == list(types[name].items()), name
        rows, counts = differences(both, name, f"read_parquet({files})", types[name], key)
        compared += len(counts)
        differing |= {(name, column): count for column, count in counts.items() if count}
        told = ", ".join(f"{column} in {count}" for column, count in counts.items() if count)
        print(f"{engine} {name}: {rows} rows, {len(counts)} columns, {told or 'none'} differs")
    print(f"{engine}: {len(types)} tables, {compared} columns compared, {len(differing)} differ")
    named = {(one["model"], one["column"]) for one in EXCEPTIONS if one["engine"] == engine}
    assert not set(differing) - named, "these differ, and exceptions.csv does not say why"
    assert not named - set(differing), "exceptions.csv names what does not differ any more"
