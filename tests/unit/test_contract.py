"""The raw contract is what ingest holds rows to: every column's type, key and bound, in every format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from contract_rows import ABSENT, Cut, cuts, valid_row, write_csv, write_jsonl, write_parquet

from scaup.contract import Table, read_contract
from scaup.errors import UsageError
from scaup.home import Home
from scaup.ingest import Load, ingest
from scaup.lake import lake_files
from scaup.quarantine import read_quarantine
from scaup.rules import NAMES
from scaup.warehouse import connect

CONTRACT = read_contract()
GOOD_ROWS = 3


def write_typed_parquet(path: Path, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    write_parquet(path, table, rows, typed=True)


def write_text_parquet(path: Path, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    write_parquet(path, table, rows, typed=False)


# What writes the format, its first row's line, and which cuts it can hold at all.
FORMATS: dict[str, tuple[str, Callable[..., None], int, Callable[[Cut], bool]]] = {
    "csv": ("csv", write_csv, 2, lambda cut: True),
    "jsonl": ("jsonl", write_jsonl, 1, lambda cut: True),
    "text in parquet": ("parquet", write_text_parquet, 1, lambda cut: True),
    "typed parquet": ("parquet", write_typed_parquet, 1, lambda cut: ": not a" not in cut.reason),
}


def is_kept(cut: Cut, suffix: str) -> bool:
    return cut.value is not ABSENT or suffix == "jsonl"


@pytest.fixture(scope="module", params=FORMATS)
def cut_load(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Home, Load, dict[tuple[str, int], str]]:
    """One load of all tables in one format: good rows, then one row for everything that can be broken."""
    suffix, write, first_line, can_hold = FORMATS[request.param]
    folder = tmp_path_factory.mktemp("cuts")
    expected = {}
    for table in CONTRACT.tables:
        rows = [valid_row(table, number) for number in range(GOOD_ROWS)]
        for cut in cuts(table, suffix):
            if can_hold(cut) and is_kept(cut, suffix):
                expected[table.name, len(rows) + first_line] = cut.reason
                rows.append({**valid_row(table, len(rows)), cut.column: cut.value})
        write(folder / f"{table.name}.{suffix}", table, rows)
    home = Home(tmp_path_factory.mktemp("home"))
    return home, ingest([folder], home), expected


def test_every_cut_of_every_column_is_quarantined_with_its_reason_and_line(cut_load):
    home, load, expected = cut_load
    _, rows = read_quarantine(home, load.load_id, limit=100_000)
    found = {(row.table, row.line): row.reason for row in rows}
    assert found == expected
    assert len(rows) == len(expected) > 400
    assert all(row.raw for row in rows)


def test_what_was_read_is_accepted_or_quarantined_for_every_file(cut_load):
    _, load, expected = cut_load
    for file in load.files:
        broken = sum(table == file.table for table, _ in expected)
        counts = (file.rows_read, file.rows_accepted, file.rows_repeated, file.rows_quarantined)
        assert counts == (broken + GOOD_ROWS, GOOD_ROWS, 0, broken), file.path


def test_what_fits_reaches_the_lake_in_the_contracts_types_and_order_and_to_the_letter(cut_load):
    home, _, _ = cut_load
    with connect() as connection:
        for table in CONTRACT.tables:
            stored = connection.read_parquet([str(path) for path in lake_files(home, table)])
            assert stored.columns == [column.name for column in table.columns]
            assert [str(kind) for kind in stored.types] == [NAMES[column.type] for column in table.columns]
            exact = [column for column in table.columns if column.type in ("varchar", "bigint", "ubigint")]
            found = stored.project(", ".join(column.name for column in exact)).fetchall()
            valid = [valid_row(table, number) for number in range(GOOD_ROWS)]
            assert sorted(found) == sorted(tuple(row[column.name] for column in exact) for row in valid)


def test_the_sources_read_every_table_of_an_empty_lake(tmp_path):
    from scaup.ingest import prepare_lake

    home = Home(tmp_path)
    prepare_lake(home, CONTRACT)
    with connect() as connection:
        for table in CONTRACT.tables:
            pattern = str(home.lake / f"*/{table.name}/**/*.parquet")
            found = connection.execute("select count(*) from read_parquet(?)", [pattern]).fetchall()
            assert found == [(0,)]


def test_a_table_or_column_that_is_not_there_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="'requests'"):
        CONTRACT.table("request")
    with pytest.raises(UsageError, match="'account_id'"):
        CONTRACT.table("requests").column("acount_id")
