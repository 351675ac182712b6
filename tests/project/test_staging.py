"""Staging is the contract, renamed by nothing: one view a table, the same columns and sentences.

Where a past value is needed, a second view has every version of a record.
"""

from __future__ import annotations

import re

import pytest
import yaml

from scaup.contract import Table, read_contract
from scaup.home import find_project

FOLDER = find_project() / "models" / "staging"
TABLES = read_contract().tables


def test_every_raw_table_has_one_view_and_every_view_a_raw_table():
    stems = {path.stem for path in FOLDER.glob("stg_*.sql") if not path.stem.endswith("_history")}
    views = {stem for stem in stems if not stem.startswith("stg_touched_")}
    assert views == {f"stg_{table.name}" for table in TABLES}


def test_a_view_of_history_is_the_record_without_its_choice_of_the_latest():
    for path in FOLDER.glob("stg_*_history.sql"):
        name = path.stem.removeprefix("stg_").removesuffix("_history")
        latest = (FOLDER / f"stg_{name}.sql").read_text()
        every = re.sub(r"{{ latest_records\((source\(.*?\)), \[.*?\]\) }}", r"{{ \1 }}", latest)
        assert path.read_text() == every != latest, path
        told, known = (
            yaml.safe_load((FOLDER / f"{stem}.yml").read_text())["models"][0]["columns"]
            for stem in (path.stem, f"stg_{name}")
        )
        assert [(one["name"], one["description"]) for one in told] == [
            (one["name"], one["description"]) for one in known
        ]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_view_has_the_contracts_columns_and_keeps_the_latest_version_of_a_record(table: Table):
    sql = (FOLDER / f"stg_{table.name}.sql").read_text()
    columns = re.findall(r"\w+", sql[len("select") : re.search(r"from\s+{{", sql).start()])
    assert columns == [column.name for column in table.columns], f"models/staging/stg_{table.name}.sql"
    keys = re.search(r"latest_records\(\s*source\([^)]*\),\s*\[(.*?)\]", sql, flags=re.DOTALL)
    if table.kind == "record":
        assert keys and re.findall(r"\w+", keys[1]) == list(table.key), f"models/staging/stg_{table.name}.sql"
    else:
        assert keys is None, f"stg_{table.name}.sql: events are immutable and have no versions"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_views_words_are_the_contracts_words(table: Table):
    model = yaml.safe_load((FOLDER / f"stg_{table.name}.yml").read_text())["models"][0]
    said = {column["name"]: column["description"] for column in model["columns"]}
    written = {column.name: column.description for column in table.columns}
    assert said == written, f"models/staging/stg_{table.name}.yml"


def test_coverage_and_clock_know_every_raw_table_and_a_time_of_it():
    sql = (FOLDER.parent / "intermediate" / "int_input_coverage.sql").read_text()
    clocks = dict(re.findall(r'"(\w+)": "(\w+)"', sql))
    assert clocks.keys() == {table.name for table in TABLES}
    for table in TABLES:
        assert table.column(clocks[table.name]).type in ("timestamptz", "date"), table.name
