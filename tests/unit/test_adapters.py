"""Adapters: a provider's files become the contract's tables, and no row of them goes missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scaup.adapters import BrokenAdapter, read_adapter
from scaup.contract import read_contract
from scaup.errors import MissingInput, ScaupError, UsageError
from scaup.home import Home, find_project
from scaup.ingest import ingest
from scaup.lake import lake_files
from scaup.quarantine import read_quarantine
from scaup.warehouse import connect

REAL = Path(__file__).parents[1] / "oracles" / "data"
CONTRACT = read_contract()
VENDORS = """
select source_line, id as vendor_id, label as name, seen as recorded_at, 'crm' as source_system
from input
"""
Write = Callable[..., None]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with the contract and no adapter yet."""
    staging = tmp_path / "checkout" / "models" / "staging"
    staging.mkdir(parents=True)
    shutil.copy(find_project() / "models" / "staging" / "_sources.yml", staging)
    return tmp_path / "checkout"


@pytest.fixture
def write(project: Path) -> Write:
    """`write(vendors={"rows": "every", "sql": …})`: an adapter `crm` for files named people*."""

    def write(**tables: dict[str, str]) -> None:
        folder = project / "adapters" / "crm"
        folder.mkdir(parents=True)
        feeds = {name: {"rows": said.get("rows", "every")} for name, said in tables.items()}
        described = {"description": "A CRM.", "files": [{"match": "people*", "tables": feeds}]}
        (folder / "adapter.yml").write_text(json.dumps(described))
        for name, said in tables.items():
            (folder / f"{name}.sql").write_text(said["sql"])

    return write


def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("id,label,seen\n1,One,2026-03-01 00:00:00\n2,Two,never\n3\n4,Four,2026-03-01 00:00:00\n")
    return path


def reasons(home: Home) -> list[tuple[str, int, str]]:
    return [(row.table, row.line, row.reason) for row in read_quarantine(home, limit=100)[1]]


def test_what_an_adapter_makes_is_held_to_the_contract_line_by_line(project, write, tmp_path):
    write(vendors={"sql": VENDORS})
    home = Home(tmp_path / "home")
    load = ingest([people(tmp_path)], home, adapter="crm", project=project)
    assert list(load.totals["vendors"].values()) == [4, 2, 0, 2]
    assert reasons(home) == [
        ("vendors", 3, "recorded_at: not a timestamptz"),
        ("vendors", 4, "unknown shape: 1 field, expected 3"),
    ]


def test_json_values_reach_an_adapter_as_they_are_written(project, write, tmp_path):
    write(vendors={"sql": VENDORS})
    path = tmp_path / "people.jsonl"
    path.write_text(
        '{"id": 7, "label": "a \\"b\\"", "seen": "2026-03-01T00:00:00Z"}\n'
        '{"id": 18446744073709551615, "label": [1, "x"], "seen": "2026-03-01T00:00:00Z"}\n'
    )
    home = Home(tmp_path / "home")
    ingest([path], home, adapter="crm", project=project)
    with connect() as connection:
        rows = connection.read_parquet([str(p) for p in lake_files(home, CONTRACT.table("vendors"))])
        assert sorted(rows.project("vendor_id, name").fetchall()) == [
            ("18446744073709551615", '[1,"x"]'),
            ("7", 'a "b"'),
        ]


def test_a_row_that_an_adapter_leaves_out_is_quarantined(project, write, tmp_path):
    write(vendors={"sql": VENDORS + "where id != '1'"})
    home = Home(tmp_path / "home")
    load = ingest([people(tmp_path)], home, adapter="crm", project=project)
    assert list(load.totals["vendors"].values()) == [4, 1, 0, 3]
    assert ("vendors", 2, "left out by the adapter") in reasons(home)


def test_where_tables_pick_their_rows_what_none_of_them_took_is_quarantined_once(project, write, tmp_path):
    write(
        vendors={"rows": "some", "sql": VENDORS + "where id = '1'"},
        devices={
            "rows": "some",
            "sql": "select source_line, id as device_id, label as fingerprint_hmac, 'x' as platform, "
            "seen as first_seen_at, seen as recorded_at, 'crm' as source_system from input where id = '4'",
        },
    )
    home = Home(tmp_path / "home")
    load = ingest([people(tmp_path)], home, adapter="crm", project=project)
    assert list(load.totals["vendors"].values()) == [3, 1, 0, 2]
    assert list(load.totals["devices"].values()) == [1, 1, 0, 0]
    assert reasons(home) == [
        ("vendors", 3, "left out by the adapter"),
        ("vendors", 4, "unknown shape: 1 field, expected 3"),
    ]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (VENDORS + "union all " + VENDORS, "at most one row of each line"),
        (VENDORS.replace("source_line,", "source_line + 100 as source_line,"), "unknown"),
        (VENDORS.replace("source_line,", ""), "has to pass on source_line"),
        (VENDORS.replace("id as vendor_id", "id as vendr_id"), "'vendor_id'. Did you mean 'vendr_id'"),
        (VENDORS.replace("label", "lable"), "does not fit"),
        (VENDORS.replace("id as", "cast(label as bigint)::varchar as"), "fails on"),
        ("select 1; select 2", "has to be one select"),
        ("drop table input", "has to be one select"),
        ("selec 1", "not SQL that can be read"),
    ],
)
def test_an_adapter_that_does_not_do_its_work_is_named_and_changes_nothing(
    project, write, tmp_path, sql, said
):
    write(vendors={"sql": sql})
    home = Home(tmp_path / "home")
    with pytest.raises(BrokenAdapter, match=said) as raised:
        ingest([people(tmp_path)], home, adapter="crm", project=project)
    assert "vendors.sql" in str(raised.value)
    assert not list(home.lake.glob("[!._]*"))


def test_a_changed_adapter_takes_its_files_anew(project, write, tmp_path):
    write(vendors={"sql": VENDORS})
    home, path = Home(tmp_path / "home"), people(tmp_path)
    ingest([path], home, adapter="crm", project=project)
    assert ingest([path], home, adapter="crm", project=project).load_id is None
    (project / "adapters/crm/vendors.sql").write_text(VENDORS.replace("'crm'", "'crm 2'"))
    load = ingest([path], home, adapter="crm", project=project)
    assert list(load.totals["vendors"].values()) == [4, 2, 2, 2]


def test_names_that_are_not_there_are_answered_with_the_nearest(project, write, tmp_path):
    write(vendors={"sql": VENDORS})
    with pytest.raises(UsageError, match="Did you mean 'crm'"):
        read_adapter(project, "cmr", CONTRACT)
    with pytest.raises(UsageError, match="No adapter named"):
        read_adapter(project, "../crm", CONTRACT)
    (tmp_path / "others.csv").write_text("a\n1\n")
    for path, error in ((tmp_path / "others.csv", UsageError), (tmp_path, MissingInput)):
        with pytest.raises(error, match=r"people\*"):
            ingest([path], Home(tmp_path / "home"), adapter="crm", project=project)


@pytest.mark.parametrize(
    "text", ["", "- a", "files: 3", "description: x\nfiles: [{match: a, tables: {vendor: {}}}]"]
)
def test_a_description_that_cannot_be_understood_says_what_it_needs(project, text):
    folder = project / "adapters" / "crm"
    folder.mkdir(parents=True)
    (folder / "adapter.yml").write_text(text)
    with pytest.raises(ScaupError, match=r"adapter\.yml cannot be understood|Did you mean 'vendors'"):
        read_adapter(project, "crm", CONTRACT)


# The adapters that are shipped


@pytest.fixture(scope="module")
def real_lake(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("real"))
    for adapter in ("coordination_russian", "azure_llm", "mooncake"):
        ingest([REAL], home, adapter=adapter)
    return home


def test_the_shipped_adapters_take_every_row_of_the_real_data(real_lake):
    with connect() as connection:
        found = {
            name: connection.read_parquet([str(p) for p in lake_files(real_lake, CONTRACT.table(name))])
            .aggregate("source_system, count(*), sum(1)::bigint", "source_system")
            .fetchall()
            for name in ("requests", "accounts")
        }
    assert sorted((system, count) for system, count, _ in found["requests"]) == [
        ("azure_llm", 28_185),
        ("coordination_russian", 35_124),
        ("mooncake", 12_031),
    ]
    assert [(system, count) for system, count, _ in found["accounts"]] == [("coordination_russian", 9_509)]
    assert read_quarantine(real_lake)[0] == []


def test_every_act_of_the_coordination_data_can_be_read_back(real_lake):
    events = str(REAL / "coordination_russian" / "events.parquet")
    with connect() as connection:
        requests = connection.read_parquet(
            [str(p) for p in lake_files(real_lake, CONTRACT.table("requests"))]
        )
        acts = (
            requests.filter("source_system = 'coordination_russian'")
            .project("template_hash, account_id, conversation_id, epoch(occurred_at)::bigint")
            .order("all")
        )
        given = connection.read_parquet(events).project("object_id, account_id, content_id, ts").distinct()
        assert acts.fetchall() == given.order("all").fetchall()
