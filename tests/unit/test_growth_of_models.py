"""The project's incremental models: what is added load by load is what is made of all loads at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from small import write

from scaup import transform
from scaup.build import freeze_lake
from scaup.contract import Contract, read_contract
from scaup.home import Home
from scaup.ingest import ingest
from scaup.manifest import content_hash
from scaup.prints import TOUCHED, called
from scaup.warehouse import connect, identifier, open_snapshot, quoted

READERS = {".parquet": "read_parquet", ".jsonl": "read_json_auto", ".csv": "read_csv_auto"}
FORMS = {".parquet": "parquet", ".jsonl": "json", ".csv": "csv"}
# The first two months, and of the last one every second row before the other half, whatever its time.
LATER = "recorded_at::timestamptz >= timestamptz '2026-05-05 00:00:00+00'"
PARTS = {"first": "not {later}", "second": "{later} and {coin} = 0", "third": "{later} and {coin} = 1"}


def _in_parts(raw: Path, folder: Path, contract: Contract) -> list[Path]:
    """A world's rows as three folders to take in one after the other."""
    keys = {table.name: table.key for table in contract.tables}
    with connect() as connection:
        for path in sorted(raw.rglob("*.*")):
            kind = next(kind for kind in READERS if kind in path.name)
            # As text, so that what is written is what was read.
            options = {".csv": ", all_varchar = true", ".jsonl": ", convert_strings_to_integers = false"}
            rows = f"{READERS[kind]}({quoted(path)}{options.get(kind, '')})"
            zipped = ", compression gzip" if path.suffix == ".gz" else ""
            names = ", ".join(f"{identifier(key)}::varchar" for key in keys[path.relative_to(raw).parts[0]])
            coin = f"md5_number(concat_ws(':', {names}, recorded_at::varchar)) % 2"
            for part, condition in PARTS.items():
                target = folder / part / path.relative_to(raw)
                target.parent.mkdir(parents=True, exist_ok=True)
                where = condition.format(later=LATER, coin=coin)
                copied = connection.execute(
                    f"copy (from {rows} where {where}) to {quoted(target)} (format {FORMS[kind]}{zipped})"
                ).fetchall()
                if not copied[0][0]:
                    target.unlink()
    return [folder / part for part in PARTS]


def _run(home: Home, project: Path, names: list[str], new: list[str], warehouse: Path | None) -> Path:
    """Make models and what they read from nothing, or add some loads to what a file has. Returns the file."""
    room = home.staging / f"room-{len(list(home.staging.glob('*')))}"
    freeze_lake(home, read_contract(project), room / "lake")
    workspace = transform.workspace_in(home, project, room, "2GiB", threads=2)
    workspace.warehouse.parent.mkdir()
    build = ("build", "--select", *(f"+{name}" for name in names))
    build = (*build, "--exclude", "resource_type:test", "resource_type:unit_test")
    if warehouse is None:
        build = (*build, "--full-refresh")
    else:
        warehouse.rename(workspace.warehouse)
        for load in new:
            (workspace.new_loads / load).symlink_to(home.lake / load)
    assert transform.run(workspace, [build]).failed == ()
    with connect(workspace.warehouse) as connection:
        connection.execute("checkpoint")  # or the last rows lie beside the file, which is moved
    return workspace.warehouse.resolve()


@pytest.fixture(scope="module")
def grown(
    tmp_path_factory: pytest.TempPathFactory, world_s: Path, project: Path, dbt_manifest: Mapping[str, Any]
) -> dict[str, Any]:
    """The rows and hash of every incremental model after three loads."""
    models = [
        node
        for node in dbt_manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "incremental"
    ]
    folder = tmp_path_factory.mktemp("grown")
    home = Home(folder / "home")
    warehouse: Path | None = None
    for part in _in_parts(world_s / "raw", folder / "parts", read_contract(project)):
        load = ingest([part], home, project=project)
        names = [node["name"] for node in models]
        warehouse = _run(home, project, names, [str(load.load_id)], warehouse)
    assert warehouse is not None
    with connect(warehouse, read_only=True) as connection:
        return {called(node): content_hash(connection, called(node)) for node in models}


def test_what_is_made_in_blocks_reads_no_requests_but_by_what_is_made_in_blocks(dbt_manifest):
    nodes = {**dbt_manifest["nodes"], **dbt_manifest["sources"]}

    def strays(name: str) -> set[str]:
        """Tables on the way from the requests that a block would make of a part of them."""
        node = nodes[name]
        if called(node) == "raw.requests":
            return {name}
        found = {one for read in node.get("depends_on", {}).get("nodes", []) for one in strays(read)}
        is_whole = node["config"].get("meta", {}).get("in_blocks") or node["name"].startswith(TOUCHED)
        if not found or is_whole or node["config"]["materialized"] == "view":
            return set() if is_whole else found
        return {node["name"]}

    made = [node for node in nodes.values() if node["config"].get("meta", {}).get("in_blocks")]
    reads = {read for node in made for read in node["depends_on"]["nodes"]}
    assert len(made) >= 4
    assert {stray for read in reads for stray in strays(read)} <= {"source.scaup.raw.requests"}


def test_every_incremental_model_has_the_rows_of_a_build_of_everything_at_once(grown, built_home):
    made = open_snapshot(built_home).manifest["relations"]
    assert len(grown) >= 7
    assert {name for name, told in grown.items() if told != made[name]} == set()


FIRST = {
    "organizations": [("pending", "o1"), ("verified", "o2")],
    "accounts": [("2026-02-01", "in_o1"), ("2026-02-01", "in_o2"), ("2026-02-01", "moved")],
    "memberships": [("o1", "in_o1"), ("o2", "in_o2")],
    "requests": [("in_o2", "2026-03-01", "m")],
}
SECOND = {
    "organizations": [("verified", "o1"), ("verified", "o2")],
    "accounts": [("2026-02-01", "in_o1"), ("2026-02-02", "moved"), ("2026-03-05", "new")],
    "memberships": [("o2", "joined")],
    "requests": [
        ("active", "2026-03-04", "m"), ("active", "2026-03-03", "m"), ("joined", "2026-03-05", "m"),
        (None, "2026-03-06", "m"),
    ],
}  # fmt: skip


def _load(home: Home, project: Path, folder: Path, rows: Mapping[str, Any], at: str) -> str:
    """Take in a few rows as one load, all recorded at a time."""
    known = {"recorded_at": f"{at}T00:00:00Z", "source_system": "test"}
    tables = {
        "organizations": [
            {"org_id": org, "kind": "research", "region": "eu", "kyc_status": kyc,
             "created_at": "2026-01-01T00:00:00Z"}
            for kyc, org in rows.get("organizations", [])
        ],
        "accounts": [
            {"account_id": account, "created_at": f"{day}T00:00:00Z", "status": "active",
             "surface_signup": "chat", "age_band": "unknown", "verification": "email"}
            for day, account in rows.get("accounts", [])
        ],
        "memberships": [
            {"org_id": org, "account_id": account, "role": "member", "from_at": "2026-02-02T00:00:00Z"}
            for org, account in rows.get("memberships", [])
        ],
        "requests": [
            {"request_id": f"{at}-{place}", "occurred_at": f"{day}T12:00:00Z", "surface": "chat",
             "account_id": account, "model_version": model, "input_tokens": 1, "output_tokens": 1,
             "tool_calls": 0, "status": 200, "refused": False}
            for place, (account, day, model) in enumerate(rows.get("requests", []))
        ],
        "model_releases": [
            {"model_version": model, "released_at": f"{day}T00:00:00Z"}
            for day, model in rows.get("model_releases", [])
        ],
    }  # fmt: skip
    for table, made in tables.items():
        if made:
            lines = "".join(json.dumps({**row, **known}) + "\n" for row in made)
            write(folder / at / f"{table}.jsonl", lines)
    load = ingest([folder / at], home, project=project)
    assert load.load_id and sum(file.rows_quarantined for file in load.files) == 0
    return load.load_id


def _touched(home: Home, project: Path, new: str) -> list[tuple[str | None, str | None, str]]:
    """What a load touches, by account, in a home of its earlier loads."""
    empty = home.root / "empty.duckdb"
    with connect(empty):
        pass
    warehouse = _run(home, project, ["stg_touched_accounts"], [new], empty)
    with connect(warehouse, read_only=True) as connection:
        return connection.execute(
            "select account_id, requests_from::varchar, from_date::varchar "
            "from staging.stg_touched_accounts order by all"
        ).fetchall()


def test_an_account_is_touched_by_its_requests_and_by_what_becomes_known_of_it(tmp_path, project):
    home = Home(tmp_path / "home")
    _load(home, project, tmp_path, FIRST, "2026-03-01")
    assert _touched(home, project, _load(home, project, tmp_path, SECOND, "2026-03-07")) == [
        ("active", "2026-03-03", "2026-03-03"),  # from its first new request on
        ("in_o1", None, "0001-01-01"),  # its organisation is another one now; in_o2's only came again
        ("joined", "2026-03-05", "0001-01-01"),
        ("moved", None, "0001-01-01"),  # signed up at another time than was known
        ("new", None, "0001-01-01"),
        (None, "2026-03-06", "2026-03-06"),
    ]


def test_a_release_touches_requests_since_and_those_to_its_model(tmp_path, project):
    home = Home(tmp_path / "home")
    rows = {
        "model_releases": [("2026-01-05", "old"), ("2026-01-10", "corrected")],
        "requests": [
            ("tester", "2026-02-20", "new"), ("tester", "2026-03-06", "old"), ("before", "2026-03-01", "old"),
            ("since", "2026-03-02", "old"), ("since", "2026-03-03", "old"),
            ("long", "2026-01-02", "corrected"),
        ],
    }  # fmt: skip
    _load(home, project, tmp_path, rows, "2026-03-07")
    rows = {"model_releases": [("2026-01-05", "old"), ("2026-03-02", "new")]}
    assert _touched(home, project, _load(home, project, tmp_path, rows, "2026-03-08")) == [
        ("since", "2026-03-02", "2026-03-02"),
        ("tester", "2026-02-20", "2026-02-20"),
    ]
    rows = {"model_releases": [("2026-02-28", "corrected")]}
    assert _touched(home, project, _load(home, project, tmp_path, rows, "2026-03-09")) == [
        ("before", "2026-03-01", "2026-03-01"),
        ("long", "2026-01-02", "2026-01-02"),
        ("since", "2026-03-02", "2026-03-02"),
        ("tester", "2026-02-20", "2026-02-20"),
    ]


def test_what_a_release_changes_is_as_in_a_build_of_everything_at_once(tmp_path, project):
    home = Home(tmp_path / "home")
    days = ("2026-02-20", "2026-03-01", "2026-03-04", "2026-03-08")
    loads = (
        {"model_releases": [("2026-02-01", "old"), ("2026-03-03", "moved")],
         "requests": [(f"to {model}", day, model) for model in ("old", "moved", "new") for day in days]},
        {"model_releases": [("2026-03-06", "new")], "requests": [("to new", "2026-03-09", "new")]},
        {"model_releases": [("2026-02-25", "moved"), ("2026-02-01", "old")]},
        {"model_releases": [("2026-03-04", "new")], "requests": [("late", "2026-03-01", "moved")]},
    )  # fmt: skip
    newest: list[list[str]] = []
    warehouse: Path | None = None
    for number, rows in enumerate(loads):
        load = _load(home, project, tmp_path, rows, f"2026-03-1{number}")
        warehouse = _run(home, project, ["int_requests"], [load], warehouse)
        with connect(warehouse, read_only=True) as connection:
            found = connection.execute(
                "select account_id || ' ' || activity_date from intermediate.int_requests "
                "where is_newest_model order by all"
            ).fetchall()
            newest.append([name for (name,) in found])
            grown = content_hash(connection, "intermediate.int_requests")
    assert len({tuple(names) for names in newest}) == len(loads)  # each load changes which are the newest
    with connect(_run(home, project, ["int_requests"], [], None), read_only=True) as connection:
        assert content_hash(connection, "intermediate.int_requests") == grown
