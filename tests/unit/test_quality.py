"""Promises come from the contract and the yml; a breach is counted, judged and told apart from its edge."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaup.contract import Column, Contract, Table
from scaup.promises import Promise, model_promises, raw_promises
from scaup.quality import Check, count, judge, profile
from scaup.warehouse import connect

LOGINS = Table(
    name="logins",
    description="One row per login.",
    kind="event",
    needed=True,
    partition=None,
    cluster_by=(),
    columns=(
        Column("login_id", "varchar", "", "P2", key=True),
        Column("account_id", "varchar", "", "P2", nullable=True, references=("accounts", "account_id")),
        Column("outcome", "varchar", "", "P1", values=("passed", "failed")),
        Column("tries", "bigint", "", "P1", nullable=True, minimum=1, maximum=10),
        Column("score", "double", "", "P1", nullable=True, minimum=0),
    ),
)
GOOD = [("l1", "a1", "passed", 1, 0.0), ("l2", None, "failed", 10, None)]


def checks_of(
    rows: list[tuple[object, ...]],
    types: str = "login_id varchar, account_id varchar, outcome varchar, tries bigint, score double",
) -> dict[str, Check]:
    """The judged promises of logins that hold these rows, by their kind and columns."""
    with connect() as connection:
        connection.execute("create schema raw; create table raw.accounts as select 'a1' as account_id")
        connection.execute(f"create table raw.logins ({types})")
        for row in rows:
            connection.table("raw.logins").insert(row)
        promises = raw_promises(Contract((LOGINS,)))["logins"]
        counts = {"accounts": count(connection, "raw.accounts")}
        found = profile(connection, "raw.logins", promises, counts)
    return {
        f"{check.check} {'+'.join(check.columns)}": check
        for check in judge("logins", promises, found.breaches)
    }


def broken(rows: list[tuple[object, ...]]) -> dict[str, int]:
    return {name: check.broken for name, check in checks_of(rows).items() if not check.success}


def test_rows_at_the_very_edge_of_every_promise_hold():
    checks = checks_of(GOOD)
    assert all(check.success and check.broken == 0 for check in checks.values())
    assert {check.check for check in checks.values()} == {
        "columns", "present", "unique", "not_null", "within", "listed", "refers",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("l1", "a1", "passed", 1, 0.0), {"unique login_id": 1}),
        (("l3", "a1", None, 1, 0.0), {"not_null outcome": 1}),
        (("l3", "a1", "passed", 0, 0.0), {"within tries": 1}),
        (("l3", "a1", "passed", 11, 0.0), {"within tries": 1}),
        (("l3", "a1", "passed", 1, -0.1), {"within score": 1}),
        (("l3", "a1", "passed", 1, float("nan")), {"within score": 1}),
        (("l3", "a1", "lost", 1, 0.0), {"listed outcome": 1}),
        (("l3", "a2", "passed", 1, 0.0), {"refers account_id": 1}),
    ],
)
def test_one_row_in_breach_breaks_one_promise(row, expected):
    assert broken([*GOOD, row]) == expected


@pytest.mark.parametrize(
    ("added", "breaches"),
    [
        ([("l3", None, "passed", None, None)], {}),
        ([("l1", None, "passed", None, None)], {"unique": 1}),
        ([(None, None, "passed", None, None)], {"unique": 1, "not_null": 1}),
        ([("l3", None, "passed", None, None), ("l3", None, "failed", None, None)], {"unique": 1}),
        ([("l3", None, "passed", 11, None), ("l4", None, "failed", 0, None)], {"within": 2}),
    ],
)
def test_rows_that_were_added_are_asked_and_held_to_the_keys_of_all(added, breaches):
    with connect() as connection:
        types = "login_id varchar, account_id varchar, outcome varchar, tries bigint, score double"
        connection.execute(
            f"create schema raw; create table raw.logins ({types}); create table added ({types})"
        )
        for table, rows in (("raw.logins", [*GOOD, *added]), ("added", added)):
            for row in rows:
                connection.table(table).insert(row)
        promises = raw_promises(Contract((LOGINS,)))["logins"]
        whole = profile(connection, "raw.logins", promises)
        assert profile(connection, "raw.logins", promises, among="added") == whole
    found = {label.split()[-1]: broken for label, broken in whole.breaches.items() if broken}
    assert found == breaches
    assert whole.rows == len(GOOD) + len(added)


def test_a_reference_to_nothing_is_a_warning_and_does_not_stop_a_build():
    check = checks_of([*GOOD, ("l3", "a2", "passed", 1, 0.0)])["refers account_id"]
    assert not check.success and not check.stops


def test_a_breach_of_a_bound_stops_a_build_and_can_be_pointed_at():
    check = checks_of([*GOOD, ("l3", "a1", "passed", 0, 0.0)])["within tries"]
    assert check.stops
    assert check.broken_where == '"tries" < 1 or "tries" > 10'


def test_a_needed_table_without_rows_stops_a_build():
    assert broken([]) == {"present ": 1}


def test_a_column_of_another_type_is_named(tmp_path):
    with connect() as connection:
        connection.execute("create schema raw; create table raw.t (a integer, b varchar)")
        promise = Promise("t", "columns", ("a", "c"), "t is as declared", types={"a": "bigint", "c": "date"})
        found = profile(connection, "raw.t", [promise])
    assert found.breaches == {promise.label: 3}
    assert found.off == ("c is missing", "b is not declared", "a is INTEGER, not BIGINT")


def test_a_models_promises_are_its_columns_its_not_null_constraints_and_its_tests():
    model = {
        "resource_type": "model",
        "schema": "features",
        "name": "feat_days",
        "columns": {
            "account_id": {
                "name": "account_id",
                "constraints": [{"type": "not_null"}],
                "data_type": "varchar",
            },
            "share": {"name": "share", "constraints": [], "data_type": None},
        },
    }

    def test(name: str, arguments: dict[str, object], where: str | None = None) -> dict[str, object]:
        return {
            "resource_type": "test",
            "attached_node": "model.feat_days",
            "config": {"where": where},
            "test_metadata": {"name": name, "kwargs": {"model": "…", **arguments}},
        }

    nodes = {
        "model.feat_days": model,
        "model.stg_days": {**model, "schema": "staging"},
        "test.grain": test("one_row_per", {"columns": ["account_id"]}),
        "test.share": test("within", {"column_name": "share", "arguments": {"minimum": 0, "maximum": 1}}),
        "test.some": test("not_null", {"column_name": "share"}, where="account_id > 'b'"),
        "test.singular": {"resource_type": "test", "attached_node": None, "config": {"where": None}},
    }
    promises = model_promises({"nodes": nodes})
    assert list(promises) == ["features.feat_days"]
    assert [promise.sentence for promise in promises["features.feat_days"]] == [
        "features.feat_days has the 2 columns that are declared for it, and no other",
        "features.feat_days.account_id is never null",
        "features.feat_days has one row per account_id",
        "features.feat_days.share is at least 0 and at most 1",
    ]


def test_the_contract_of_the_checkout_yields_promises_for_every_table(project: Path):
    from scaup.contract import read_contract

    contract = read_contract(project)
    promises = raw_promises(contract)
    for table in contract.tables:
        required = {column.name for column in table.columns if not column.nullable}
        held = {promise.columns[0] for promise in promises[table.name] if promise.check == "not_null"}
        assert held == required, f"models/staging/_sources.yml: {table.name}"
