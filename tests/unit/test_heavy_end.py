"""A build takes over what Spark built of the very rows and models at hand, in DuckDB's types."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaup.errors import MissingInput, UsageError
from scaup.heavy_end import TYPES_FILE, take_over
from scaup.prints import Print, write_prints
from scaup.warehouse import connect, quoted

HOLDS, CHANGED = Print("same", {}, True), Print("as it was", {}, True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What Spark wrote: two tables of two files each, the numbers in Spark's types."""
    folder = tmp_path / "built"
    for name in ("intermediate.int_a", "features.feat_b"):
        (folder / name.replace(".", "/")).mkdir(parents=True)
        with connect() as connection:
            for part in (1, 2):
                target = quoted(str(folder / name.replace(".", "/") / f"part-{part}.snappy.parquet"))
                connection.execute(
                    f"copy (select 'x{part}' as id, {part}::decimal(20, 0) as n, 2::integer as k) to {target}"
                )
    write_prints({"intermediate.int_a": HOLDS, "features.feat_b": CHANGED, "seeds.s": HOLDS}, folder)
    types = {
        name: {"id": "VARCHAR", "n": "UBIGINT", "k": "BIGINT"}
        for name in ("intermediate.int_a", "features.feat_b")
    }
    (folder / TYPES_FILE).write_text(json.dumps(types))
    return folder


def test_what_holds_is_read_in_the_types_of_duckdb_and_what_does_not_is_told(folder: Path, tmp_path: Path):
    warehouse = tmp_path / "warehouse.duckdb"
    prints = {
        "intermediate.int_a": HOLDS,
        "features.feat_b": Print("as it is", {}, True),
        "features.feat_new": HOLDS,
    }
    taken = take_over(folder, prints, warehouse, spill=tmp_path, memory_limit="1GiB")
    assert taken.relations == ("intermediate.int_a",) and taken.stale == ("features.feat_b",)
    assert taken.lines == [
        "Reading 1 table that Spark built.",
        "Computing 1 that Spark built of other rows or models: feat_b.",
    ]
    assert list(taken.kept.carried) == ["intermediate.int_a"] and not taken.kept.strayed({})
    with connect(warehouse) as connection:
        rows = connection.execute("select id, n, k, typeof(n), typeof(k) from intermediate.int_a order by id")
        assert rows.fetchall() == [("x1", 1, 2, "UBIGINT", "BIGINT"), ("x2", 2, 2, "UBIGINT", "BIGINT")]
        assert connection.execute("select count(*) from duckdb_tables()").fetchall() == [(1,)]


def test_a_model_that_is_gone_is_not_read(folder: Path, tmp_path: Path):
    taken = take_over(folder, {}, tmp_path / "warehouse.duckdb", spill=tmp_path, memory_limit="1GiB")
    assert taken.relations == () and len(taken.stale) == 2


@pytest.mark.parametrize("spoilt", ["prints.json", TYPES_FILE])
def test_a_folder_that_spark_did_not_finish_is_refused(folder: Path, tmp_path: Path, spoilt: str):
    (folder / spoilt).write_text("{")
    with pytest.raises(MissingInput, match="is not what Spark built"):
        take_over(folder, {}, tmp_path / "warehouse.duckdb", spill=tmp_path, memory_limit="1GiB")


def test_a_type_that_is_other_sql_is_refused(folder: Path, tmp_path: Path):
    types = {"intermediate.int_a": {"id": "VARCHAR) as id, (select getenv", "n": "UBIGINT", "k": "BIGINT"}}
    (folder / TYPES_FILE).write_text(json.dumps(types))
    prints = {"intermediate.int_a": HOLDS}
    with pytest.raises(MissingInput, match="none of DuckDB's"):
        take_over(folder, prints, tmp_path / "warehouse.duckdb", spill=tmp_path, memory_limit="1GiB")


def test_a_file_that_cannot_be_read_is_named_with_its_folder(folder: Path, tmp_path: Path):
    (spoilt,) = (folder / "intermediate" / "int_a").glob("part-2.*")
    spoilt.write_bytes(spoilt.read_bytes()[:-20])
    prints = {"intermediate.int_a": HOLDS}
    with pytest.raises(MissingInput, match=r"intermediate\.int_a in .*built cannot be read: .*"):
        take_over(folder, prints, tmp_path / "warehouse.duckdb", spill=tmp_path, memory_limit="1GiB")


@pytest.mark.parametrize("now", [Print("same", {}, is_table=False), Print("other", {}, is_table=True)])
def test_what_is_no_plain_table_here_or_has_no_print_there_is_computed(
    folder: Path, tmp_path: Path, now: Print
):
    write_prints({"intermediate.int_a": HOLDS}, folder)
    prints = {"intermediate.int_a": now, "features.feat_b": CHANGED}
    taken = take_over(folder, prints, tmp_path / "warehouse.duckdb", spill=tmp_path, memory_limit="1GiB")
    assert taken.relations == () and len(taken.stale) == 2


def test_a_folder_that_would_be_a_pattern_of_files_is_refused(folder: Path, tmp_path: Path):
    odd = folder.rename(tmp_path / "built[1]")
    with pytest.raises(UsageError, match="--heavy-end"):
        take_over(odd, {}, tmp_path / "warehouse.duckdb", spill=tmp_path, memory_limit="1GiB")
