"""Who builds what on Spark, and how raw files become its tables; what it makes of them is in tests/spark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small import add_requests, small_project

from scaup.contract import Contract, read_contract
from scaup.errors import MissingInput, UsageError
from scaup.heavy_end import TYPES_FILE, take_over
from scaup.home import Home
from scaup.spark import SparkFailed, build, link_files, main, raw_table, shares_of


def node(schema: str, reads: list[str], asks: bool = False, kind: str = "model") -> dict[str, Any]:
    macros = ["macro.scaup.components"] if asks else ["macro.scaup.share"]
    return {"schema": schema, "resource_type": kind, "depends_on": {"nodes": reads, "macros": macros}}


def test_the_graph_is_what_asks_for_components_and_what_lies_between():
    given = {
        "stg": node("staging", []),
        "limits": node("seeds", [], kind="seed"),
        "links": node("intermediate", ["stg", "limits"]),
        "sides": node("intermediate", ["links"], asks=True),
        "ties": node("intermediate", ["sides", "links"]),
        "clusters": node("intermediate", ["ties"], asks=True),
        "members": node("intermediate", ["clusters"]),
        "feat_days": node("features", ["stg"]),
        "feat_clusters": node("features", ["members", "feat_days"]),
        "feat_hubs": node("features", ["ties"]),
        "signal": node("signals", ["feat_days"]),
        "other_graph": node("intermediate", ["links"], asks=True),
        "a_test": node("features", ["feat_days"], kind="test"),
    }
    shares = shares_of({"nodes": {name: {**one, "name": name} for name, one in given.items()}})
    assert shares.before == ("feat_days", "limits", "links", "stg")
    assert shares.graph == ("clusters", "sides", "ties")
    assert shares.handed == ("clusters", "ties")
    assert shares.after == ("feat_clusters", "feat_hubs", "members")


def test_a_raw_tables_files_lie_in_one_folder_by_load_and_day_and_none_is_hidden(tmp_path: Path):
    lake, contract = tmp_path / "lake", Contract(tuple(read_contract().tables[:2]))
    first, second = (table.name for table in contract.tables)
    for path in (
        f"_contract/{first}/empty.parquet",
        f"20260301T000000-000001-aaaa/{first}/day=2026-03-01/part-0.parquet",
        f"20260302T000000-000001-bbbb/{first}/day=2026-03-01/part-0.parquet",
        f"20260302T000000-000001-bbbb/{second}/part-0.parquet",
        f".parts/20260303T000000-000001-cccc/{first}/part-0.parquet",
    ):
        (lake / path).parent.mkdir(parents=True, exist_ok=True)
        (lake / path).write_text(path)
    (tmp_path / "raw").mkdir()
    link_files(lake, contract, tmp_path / "raw")
    found = {path.name: path.read_text() for path in (tmp_path / "raw" / first).iterdir()}
    assert sorted(found) == [
        "20260301T000000-000001-aaaa-day-2026-03-01-part-0.parquet",
        "20260302T000000-000001-bbbb-day-2026-03-01-part-0.parquet",
        "contract-empty.parquet",
    ]
    assert len(set(found.values())) == 3
    assert [path.name for path in (tmp_path / "raw" / second).iterdir()] == [
        "20260302T000000-000001-bbbb-part-0.parquet"
    ]


@pytest.mark.parametrize("table", read_contract().tables, ids=lambda table: table.name)
def test_a_raw_table_has_the_contracts_columns_in_types_that_spark_knows(table: Any, tmp_path: Path):
    words = raw_table(table, tmp_path).split()
    assert words[:3] == ["create", "table", f"raw.{table.name}"]
    declared = raw_table(table, tmp_path).split("(", 1)[1].rsplit(")", 1)[0]
    lines = [line.strip().rstrip(",") for line in declared.splitlines() if line.strip()]
    assert [line.split()[0] for line in lines] == [column.name for column in table.columns]
    known = {
        "string",
        "timestamp",
        "date",
        "bigint",
        "double",
        "boolean",
        "decimal(20, 0)",
        "array<string>",
        "array<bigint>",
    }
    assert {line.split(maxsplit=1)[1] for line in lines} <= known


def test_what_spark_did_not_finish_is_not_taken_for_what_it_built(tmp_path: Path, project: Path):
    """Spark's own files may be there by then, and not all of them."""
    (tmp_path / "checkout").mkdir()
    checkout, home = small_project(tmp_path / "checkout", project), Home(tmp_path / "home")
    add_requests(home, checkout, "one")
    with pytest.raises(RuntimeError, match="out of memory"):
        build(home.lake, tmp_path / "built", checkout, session=Dying(), say=lambda line: None)
    assert (tmp_path / "built" / TYPES_FILE).is_file()
    with pytest.raises(MissingInput, match="is not what Spark built"):
        take_over(tmp_path / "built", {}, tmp_path / "w.duckdb", spill=tmp_path, memory_limit="1GiB")


class Dying:
    """A session of Spark whose cluster gives up."""

    def sql(self, statement: str) -> None:
        raise RuntimeError("out of memory")


def test_what_cannot_be_built_is_said_before_anything_is(tmp_path: Path, project: Path):
    with pytest.raises(UsageError, match="LAKE FOLDER"):
        main(["only-one"])
    for odd in ((tmp_path / "somebody's", tmp_path / "out"), (tmp_path, tmp_path / "out[1]")):
        with pytest.raises(UsageError, match=r"Choose another: `python -m scaup\.spark LAKE FOLDER"):
            build(*odd, project, session=None)
    with pytest.raises(MissingInput, match="has no load yet"):
        build(tmp_path, tmp_path / "out", project, session=None)
    (tmp_path / "20260301T000000-000001-aaaa").mkdir()
    (tmp_path / "20260301T000000-000001-aaaa" / "manifest.json").write_text("{}")
    with pytest.raises(SparkFailed, match="is not empty"):
        build(tmp_path, tmp_path, project, session=None)
