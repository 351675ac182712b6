"""Each gate refuses to publish the fault that is planted before it, and says how to see it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from door import scaup
from small import add_requests, small_project, write

from scaup import publish
from scaup.breaches import Breach, keep
from scaup.breaches import told as told_of
from scaup.build import build
from scaup.canaries import canaries, uncompiled
from scaup.contract import Contract, read_contract
from scaup.errors import Refused
from scaup.home import Home
from scaup.ingest import ingest
from scaup.promises import model_promises, raw_promises
from scaup.questions import ask
from scaup.warehouse import connect, open_snapshot

QUIET_SIGNAL = """select 'account' as subject_type, account_id as subject_id
from {{ ref("feat_days") }}
where request_count > 5
"""
QUIET_SIGNAL_YML = """models:
  - name: sig_busy
    description: One row per busy account.
    columns:
      - {name: subject_type, description: The kind.}
      - {name: subject_id, description: The account.}
unit_tests:
  - name: five_requests_are_seen
    model: sig_busy
    given:
      - input: ref('feat_days')
        format: csv
        rows: |
          account_id,request_count
          busy,5
    expect:
      format: csv
      rows: |
        subject_type,subject_id
        account,busy
"""


# A table in which every kind of test that stands beside a model has something to find, and what is in it.
FAULTY = """select
    'twice' as thing_id, 'jane@example.org' as kind, 2 as share, null::varchar as missing,
    timestamptz '2026-03-02' as from_at, timestamptz '2026-03-01' as to_at, 'unsaid' as surplus
from range(2)
"""
FAULTY_YML = """models:
  - name: feat_faults
    description: One row per thing.
    data_tests:
      - one_row_per: {arguments: {columns: [thing_id]}}
      - half_open: {arguments: {since: from_at, until: to_at}}
      - no_rows_where: {arguments: {condition: share > 1}}
    columns:
      - name: thing_id
        description: It.
        data_tests:
          - unique
          - relationships: {arguments: {to: ref('feat_days'), field: account_id}}
      - name: kind
        description: It.
        data_tests: [{accepted_values: {arguments: {values: [even]}}}]
      - name: share
        description: It.
        data_tests: [{within: {arguments: {minimum: 0, maximum: 1}}}]
      - name: missing
        description: It.
        data_tests: [not_null]
      - {name: from_at, description: It.}
      - {name: to_at, description: It.}
"""
KINDS_OF_TESTS = {
    "accepted_values", "half_open", "no_rows_where", "not_null", "one_row_per", "relationships", "unique",
    "within",
}  # fmt: skip
KINDS_OF_PROMISES = {
    "raw": {"columns", "listed", "not_null", "present", "unique", "within"},
    "features": {"columns", "impersonal", "listed", "not_null", "unique", "within"},
    "signals": {"fires"},
}
# The tests with a name of their own; the second of these warn and let a build pass.
STOPPING = {
    "nothing_exists_that_must_not",
    "rows_reconcile_from_raw_to_marts",
    "withdrawn_hashes_raise_no_signal",
}
WARNING = {
    "the_provider_breaks_no_promise", "the_last_week_came_in_as_usual", "every_input_is_as_fresh_as_usual",
}  # fmt: skip


def test_every_kind_of_gate_stops_a_build_and_names_its_rows_and_the_question_that_shows_them(
    tmp_path: Path, project: Path
) -> None:
    (tmp_path / "checkout").mkdir()
    checkout = small_project(tmp_path / "checkout", project, ("accounts", "requests", "classifier_scores"))
    home = Home(tmp_path / "home")
    write(checkout / "models/marts/signals/sig_busy.sql", QUIET_SIGNAL)
    write(checkout / "models/marts/signals/sig_busy.yml", QUIET_SIGNAL_YML)
    write(checkout / "models/marts/features/feat_faults.sql", FAULTY)
    write(checkout / "models/marts/features/feat_faults.yml", FAULTY_YML)
    # What reads a table that does not hold is not built; that is no fault of its own.
    write(checkout / "models/marts/features/feat_after.sql", "select kind from {{ ref('feat_faults') }}")
    write(
        checkout / "models/marts/features/feat_after.yml",
        FAULTY_YML.split("    data_tests")[0].replace("feat_faults", "feat_after")
        + "    columns: [{name: kind, description: It.}]\n",
    )
    add_requests(home, checkout, "load")
    spoil(home)
    with pytest.raises(Refused) as refused:
        build(home, checkout)
    told = str(refused.value)
    assert publish.current_id(home) is None
    assert (
        "signals.sig_busy fires on its canaries (five_requests_are_seen) (1 canary)\n    five_requests"
        in told
    )
    assert (
        "Not so: raw.accounts has one row per account_id, recorded_at (1 row)\n    account_id=a0, rec" in told
    )
    assert "features.feat_faults holds no e-mail address, IP address or telephone number (2 rows)" in told
    assert "surplus is not declared" in told and "jane@" not in told
    assert told.endswith("\n  Not built or judged, because what they read did not hold: feat_after.")

    asked = re.findall(r"see them: scaup ask --snapshot (\S+) rows_in_breach --gate (\S+)", told)
    assert len(asked) == int(told.split()[0]) == len(set(asked))  # every gate that is counted names its own
    (manifest,) = (home.root / "dbt").glob("*/manifest.json")
    kinds = {
        node["name"]: node["test_metadata"]["name"]
        for node in json.loads(manifest.read_text())["nodes"].values()
        if node["resource_type"] == "test"
    }
    assert {kinds[gate] for _, gate in asked if gate in kinds} == KINDS_OF_TESTS
    promised = {(gate.split(".")[0], gate.split(":")[1]) for _, gate in asked if gate not in kinds}
    assert promised == {(layer, kind) for layer, own in KINDS_OF_PROMISES.items() for kind in own}

    refused_build = open_snapshot(home, asked[0][0])
    question = refused_build.catalogue.question("rows_in_breach")
    shown = {gate: ask(question, {"gate": gate}, refused_build).rows for _, gate in asked}
    assert all(shown.values())
    doubled = [row[2] for row in shown["raw.accounts.account_id+recorded_at:unique"]]
    (load,) = {path.name for path in home.lake.glob("2*")}
    assert doubled == [f"account_id=a0, recorded_at=2026-02-01 00:00:00+00, load_id={load}"] * 2
    assert [row[2] for row in shown["raw.accounts.status:listed"]] == [
        f"account_id=a1, recorded_at=2026-02-01 00:00:00+00, status=asleep, load_id={load}"
    ]
    (line,) = [line for line in told.splitlines() if "feat_faults:impersonal" in line]
    seen = scaup(home.root, *shlex.split(line.split("scaup ")[1]), "--format", "csv").stdout
    assert seen.count("jane@example.org") == 2


def spoil(home: Home) -> None:
    """Break the raw contract in each way behind the back of the intake, as a disk or a hand does."""
    (accounts,) = home.lake.glob("2*/accounts/**/*.parquet")
    for requests in home.lake.glob("2*/requests"):
        shutil.rmtree(requests)
    empty = home.lake / "_contract/classifier_scores/empty.parquet"
    scores = accounts.parent.parent / "classifier_scores/scores.parquet"
    scores.parent.mkdir()
    with connect() as connection:
        connection.execute("create table accounts as from read_parquet(?)", [str(accounts)])
        connection.execute("update accounts set status = 'asleep' where account_id = 'a1'")
        connection.execute("update accounts set created_at = null where account_id = 'a2'")
        connection.execute("insert into accounts from accounts where account_id = 'a0'")
        connection.execute("alter table accounts add column nickname varchar")
        connection.table("accounts").write_parquet(str(accounts))
        connection.execute("create table scores as from read_parquet(?)", [str(empty)])
        connection.execute("insert into scores by name select 's' as score_id, 2 as score")
        connection.table("scores").write_parquet(str(scores))


def test_a_gate_whose_rows_cannot_be_gathered_is_told_all_the_same_and_nothing_personal_is() -> None:
    lost = Breach("lost", "It is lost.", "it", rows="from nothing", shown=("k",))
    rows = "select 'jane@example.org' as k, 'nan'::double as x union all select 'it''s\n', 1"
    broken = [lost, Breach("odd", "It is odd.", "it", rows=rows, shown=("k", "x"), shown_by="days")]
    with connect() as connection:
        lines = list(told_of(broken, keep(connection, broken), "failed-1"))
    assert lines == [
        "  It is lost.",
        "    its rows could not be put together: Catalog Error: Table with name nothing …",
        "    see them: scaup ask --snapshot failed-1 rows_in_breach --gate lost",
        "  It is odd.",
        "    k=it's\\n, x=1.0",
        "    a row with what looks like personal data",
        "    see them: scaup ask --snapshot failed-1 rows_in_breach --gate odd",
        "    see more: scaup ask --snapshot failed-1 days",
    ]


def test_every_gate_of_the_project_has_a_fault_planted_here(
    dbt_manifest: Mapping[str, Mapping[str, dict[str, Any]]], project: Path
) -> None:
    tests = [node for node in dbt_manifest["nodes"].values() if node["resource_type"] == "test"]
    generic = {node["test_metadata"]["name"] for node in tests if node.get("test_metadata")}
    assert generic <= KINDS_OF_TESTS, "plant a fault for this kind of test in tests/unit/test_gates.py"
    own_name = {
        node["name"]
        for node in tests
        if not node.get("test_metadata") or not node["name"].startswith(node["test_metadata"]["name"])
    }
    assert own_name == STOPPING | WARNING, "plant a fault for this test in tests/unit/test_gates.py"
    raw = {promise.check for own in raw_promises(read_contract(project)).values() for promise in own}
    assert raw - {"refers"} <= KINDS_OF_PROMISES["raw"]  # what refers to nothing warns: test_quality.py
    marts = {promise.check for own in model_promises(dbt_manifest).values() for promise in own}
    assert marts | {"impersonal"} == KINDS_OF_PROMISES["features"]


def test_a_test_with_a_name_of_its_own_names_a_question_that_exists(
    dbt_manifest: Mapping[str, Mapping[str, dict[str, Any]]],
) -> None:
    nodes = dbt_manifest["nodes"].values()
    questions = {node["name"]: node for node in nodes if node["resource_type"] == "analysis"}
    for node in nodes:
        if node["resource_type"] == "test" and node["name"] in STOPPING | WARNING:
            name, *options = shlex.split(node["config"]["meta"].get("shown_by", ""))
            given = {word[2:].replace("-", "_") for word in options[::2]}
            declared = questions[name]["config"]["meta"]["parameters"]
            assert given <= declared.keys(), node["original_file_path"]
            needed = {word for word, told in declared.items() if "default" not in told}
            assert needed <= given, node["original_file_path"]


def test_a_signal_that_was_not_compiled_is_compiled_or_its_canary_did_not_sing(
    dbt_manifest: Mapping[str, Any], tmp_path: Path
) -> None:
    signals = {node["name"] for node in uncompiled(dbt_manifest, tmp_path)}
    assert len(signals) > 20
    promises, quiet = canaries(dbt_manifest, tmp_path, {})
    assert {promise.relation for promise in promises} == quiet.keys() and all(quiet.values())
    assert {name.removeprefix("signals.") for name in quiet} == signals


# What the gates below look at: the real tests, invariants, volumes, seeds and staging, on marts that are
# their raw tables, one of which loses a row, and a signal that a withdrawn hash raises.
RAW = (
    "accounts", "requests", "logins", "classifier_scores", "hash_entries", "hash_matches", "user_reports",
    "review_tasks", "review_decisions", "precedents", "enforcement_actions", "external_referrals", "appeals",
    "legal_holds",
)  # fmt: skip
REAL = (
    "intermediate/int_precedents", "marts/operations/invariant_breaches", "marts/operations/volume_days",
    "marts/operations/freshness_days",
)  # fmt: skip
SEEDS = ("action_types", "surfaces", "invariant_acceptances")
MARTS = {
    "intermediate/int_input_coverage": """
        select 'logins' as table_name, list(distinct recorded_at) as recorded_hours
        from {{ ref('stg_logins') }}""",
    "intermediate/int_requests": "select request_id, account_id from {{ ref('stg_requests') }}",
    "marts/features/feat_account_days": """
        select account_id, count(*) as request_count from {{ ref('int_requests') }} group by account_id""",
    "marts/features/feat_hash_matches": """
        select match_id, content_id, status as entry_status
        from {{ ref('stg_hash_matches') }}
        inner join {{ ref('stg_hash_entries') }} using (list_id, entry_id)""",
    "marts/signals/signals": """
        select 'sig_known_image_match' as signal_id, 'content' as subject_type, content_id as subject_id
        from {{ ref('feat_hash_matches') }}""",
    "marts/enforcement/actions": """
        select action_id from {{ ref('stg_enforcement_actions') }} where strikes = 0""",
    "marts/enforcement/appeals": "select appeal_id from {{ ref('stg_appeals') }}",
    "marts/operations/review_work": "select task_id from {{ ref('stg_review_tasks') }}",
}
MENDED = {
    "marts/enforcement/actions": "select action_id from {{ ref('stg_enforcement_actions') }}",
    "marts/signals/signals": MARTS["marts/signals/signals"] + " where entry_status = 'active'",
}
WEEKS = [f"2026-0{month}-{day:02}" for month, day in ((3, 2), (3, 9), (3, 16), (3, 23), (3, 30))]
FAULTS: dict[str, list[dict[str, object]]] = {
    # The feed stops: sixty requests each Monday, and on the sixth none.
    "requests": [
        {"request_id": f"{day}-{turn}", "occurred_at": day, "surface": "chat", "account_id": f"r{turn}"}
        for day in WEEKS
        for turn in range(60)
    ]
    + [{"request_id": "fax", "occurred_at": "2026-04-07", "surface": "fax", "account_id": "r1",
      "recorded_at": "2026-04-07"}],
    # This one came each night until two weeks before.
    "logins": [
        {"login_id": f"{day}", "occurred_at": f"{day}", "recorded_at": f"{day}"}
        for day in (date(2026, 2, 1) + timedelta(days=past) for past in range(50))
    ],
    "accounts": [{"account_id": "held", "deleted_at": "2026-03-05", "status": "deleted"}],
    "legal_holds": [{"subject_type": "account", "subject_id": "held", "from_at": "2026-03-04"}],
    "enforcement_actions": [
        {"action_id": "lead", "type": "terminate", "basis": "external_lead"},
        {"action_id": "rehearsed", "type": "report_out", "basis": "own", "case_id": "tried"},
        {"action_id": "machine", "type": "warn", "basis": "own", "subject_type": "content",
         "subject_id": "doubtful", "automated_decision": "fully"},
        {"action_id": "contested", "type": "warn", "basis": "own", "decision_id": "first", "strikes": 1},
    ],
    "external_referrals": [{"case_id": "tried", "is_test": True}],
    "hash_entries": [
        {"entry_id": "gone", "status": "withdrawn", "updated_at": "2026-03-01"},
        {"entry_id": "doubt", "status": "active", "opinion": "disputed"},
    ],
    "hash_matches": [
        {"match_id": "m1", "content_id": "innocent", "entry_id": "gone"},
        {"match_id": "m2", "content_id": "doubtful", "entry_id": "doubt"},
    ],
    "review_decisions": [
        {"decision_id": "first", "reviewer_id": "r", "precedent_ids": ["past"]},
        {"decision_id": "second", "reviewer_id": "r", "second_of": "first"},
    ],
    "precedents": [{"precedent_id": "past", "status": "overruled"}],
    "appeals": [{"action_id": "contested", "reviewer_id": "r", "decided_at": "2026-03-05"}],
}  # fmt: skip


def test_what_must_not_exist_and_what_was_lost_stop_a_build_and_what_is_odd_warns(
    tmp_path: Path, project: Path
) -> None:
    checkout, home = gated_project(tmp_path / "checkout", project), Home(tmp_path / "home")
    for table, facts in FAULTS.items():
        given = [whole(read_contract(checkout), table, fact) for fact in facts]
        write(tmp_path / f"{table}.jsonl", "".join(json.dumps(row) + "\n" for row in given))
    load = ingest(list(tmp_path.glob("*.jsonl")), home, project=checkout)
    assert {table: counts["quarantined"] for table, counts in load.totals.items()} == dict.fromkeys(FAULTS, 0)
    with pytest.raises(Refused) as refused:
        build(home, checkout)
    assert publish.current_id(home) is None
    told = str(refused.value)
    shown = {gate: rows(home, told, gate) for gate in re.findall(r"--gate (\w+)$", told, flags=re.MULTILINE)}
    assert shown.keys() == STOPPING
    for question in ("facts_that_must_not_exist", "input_coverage", "image_matches --since -3650d"):
        assert re.search(f"see more: scaup ask --snapshot failed-\\S+ {question}$", told, flags=re.MULTILINE)
    model = (project / "models/marts/operations/invariant_breaches.sql").read_text()
    broken = {str(row["invariant"]): str(row["source_id"]) for row in shown["nothing_exists_that_must_not"]}
    # Every invariant has its fault here; that of the provider's own matcher warns below.
    assert broken.keys() == set(re.findall(r"'(\w+)' as invariant", model)) - {"match_with_withdrawn_hash"}
    (lost,) = shown["rows_reconcile_from_raw_to_marts"]
    assert (lost["expected_count"], lost["found_count"]) == (4, 3)
    assert [row["subject_id"] for row in shown["withdrawn_hashes_raise_no_signal"]] == ["innocent"]

    for name, sql in MENDED.items():
        write(checkout / f"models/{name}.sql", sql)
    accepted = checkout / "seeds/invariant_acceptances.csv"
    lines = [f"{fact},{source},known,lead,2026-01-01," for fact, source in broken.items()]
    accepted.write_text("\n".join([accepted.read_text().strip(), *lines, ""]))
    said: list[str] = []
    checks = json.loads((build(home, checkout, say=said.append).folder / "checks.json").read_text())
    warned = {node["name"]: node["failures"] for node in checks["dbt"] if node["status"] == "warn"}
    assert warned == dict.fromkeys(WARNING, 1)
    for line in (
        "the_last_week_came_in_as_usual (1 row). scaup ask volumes_by_day --only-unusual true",
        "every_input_is_as_fresh_as_usual (1 row). scaup ask freshness_by_day --only-unusual true",
    ):
        assert f"Warning: not so: {line}" in said


def gated_project(folder: Path, project: Path) -> Path:
    """The small project with these gates, and marts that the reconciliation can read."""
    folder.mkdir()
    checkout = small_project(folder, project, RAW)
    for name in SEEDS:
        for suffix in ("csv", "yml"):
            write(checkout / f"seeds/{name}.{suffix}", (project / f"seeds/{name}.{suffix}").read_text())
    shutil.copytree(project / "tests/dbt/invariants", checkout / "tests/dbt/invariants")
    for name in REAL:
        for suffix in ("sql", "yml"):
            path = f"models/{name}.{suffix}"
            write(checkout / path, (project / path).read_text())
    for name, sql in MARTS.items():
        write(checkout / f"models/{name}.sql", sql)
        columns = [part.split()[-1] for part in sql.split("from {{")[0].replace("select", "").split(",")]
        yml = "".join(f"      - {{name: {column}, description: It.}}\n" for column in columns)
        head = f"models:\n  - name: {Path(name).name}\n    description: One row per thing.\n    columns:\n"
        write(checkout / f"models/{name}.yml", head + yml)
    return checkout


def whole(contract: Contract, table: str, given: Mapping[str, object]) -> dict[str, object]:
    """A row with what is given, days as times, and what fits wherever the contract wants a value."""
    fitting = {"varchar": "x", "timestamptz": "2026-03-02", "bigint": 0, "boolean": False, "double": 1.0}
    columns = contract.table(table).columns
    filled = {
        column.name: column.values[0] if column.values else column.minimum or fitting[column.type]
        for column in columns
        if not column.nullable
    } | dict(given)
    times = {column.name for column in columns if column.type == "timestamptz"}
    return {name: f"{value}T00:00:00Z" if name in times else value for name, value in filled.items()}


def rows(home: Home, told: str, gate: str) -> list[dict[str, object]]:
    """The rows that a refusal shows for one gate, asked as it is written there."""
    (see,) = [line.split("scaup ")[1] for line in told.splitlines() if line.endswith(f"--gate {gate}")]
    shown = scaup(home.root, *shlex.split(see), "--format", "jsonl").stdout
    found = [json.loads(line)["row_values"] for line in shown.splitlines()]
    return [json.loads(row) if isinstance(row, str) else row for row in found]
