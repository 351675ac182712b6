"""The lake: what a load is called, how it is found again, and that it is seen whole or not at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scaup.contract import Contract, read_contract
from scaup.errors import MissingInput
from scaup.home import Home
from scaup.lake import find_load, load_folder, manifests, new_load_id, prepare_lake, publish


def load(home: Home, load_id: str) -> None:
    with load_folder(home, load_id) as folder:
        (folder / "manifest.json").write_text(json.dumps({"load_id": load_id}))
        publish(home, folder)


def test_ids_sort_by_time():
    early = new_load_id(datetime(2026, 3, 1, 9, 59, 59, 999_999, tzinfo=UTC))
    late = new_load_id(datetime(2026, 3, 1, 10, tzinfo=UTC))
    assert early < late
    assert late.startswith("20260301T100000-000000-")


def test_a_load_is_found_by_a_beginning_or_an_end_of_its_id_that_no_other_has(tmp_path):
    home = Home(tmp_path)
    load(home, "20260301T100000-000000-aaaa")
    load(home, "20260302T100000-000000-bbbb")
    assert find_load(home, "bbbb")["load_id"] == "20260302T100000-000000-bbbb"
    assert find_load(home, "20260301")["load_id"] == "20260301T100000-000000-aaaa"
    with pytest.raises(MissingInput, match="More than one load"):
        find_load(home, "2026")
    with pytest.raises(MissingInput, match="No load 'cccc'"):
        find_load(home, "cccc")


def test_what_is_not_published_is_gone_and_so_is_what_a_killed_load_left(tmp_path):
    home = Home(tmp_path)
    (home.lake / ".parts" / "killed").mkdir(parents=True)
    with pytest.raises(ZeroDivisionError), load_folder(home, "one") as folder:
        (folder / "rows").write_text("half")
        1 / 0  # noqa: B018
    assert list(home.lake.iterdir()) == []
    assert manifests(home) == []


def test_tables_that_left_the_contract_leave_the_lakes_empty_files_too(tmp_path):
    home, contract = Home(tmp_path), read_contract()
    prepare_lake(home, contract)
    stamps = {path: path.stat().st_mtime_ns for path in Path(home.lake).rglob("*.parquet")}
    prepare_lake(home, contract)
    assert stamps == {path: path.stat().st_mtime_ns for path in Path(home.lake).rglob("*.parquet")}
    prepare_lake(home, Contract(contract.tables[:3]))
    names = {path.parent.name for path in home.lake.rglob("empty.parquet")}
    assert names == {table.name for table in contract.tables[:3]}
