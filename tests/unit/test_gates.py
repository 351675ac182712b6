"""Each gate refuses to publish the fault that is planted before it, and says how to see it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from door import scaup
from small import add_requests, small_project, write

from scaup import publish
from scaup.build import Refused, build
from scaup.canaries import canaries, uncompiled
from scaup.contract import Contract, read_contract
from scaup.home import Home
from scaup.ingest import ingest

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


def test_a_quiet_canary_and_a_personal_value_stop_a_build(tmp_path: Path, project: Path) -> None:
    (tmp_path / "checkout").mkdir()
    checkout = small_project(tmp_path / "checkout", project)
    home = Home(tmp_path / "home")
    write(checkout / "models/marts/signals/sig_busy.sql", QUIET_SIGNAL)
    write(checkout / "models/marts/signals/sig_busy.yml", QUIET_SIGNAL_YML)
    add_requests(home, checkout, "leak", prefix="jane.doe+")
    add_requests(home, checkout, "mail", prefix="jane@example.org/")
    with pytest.raises(Refused) as refused:
        build(home, checkout)
    told = str(refused.value)
    assert "signals.sig_busy fires on its canaries (five_requests_are_seen) (1 canary)" in told
    assert "features.feat_days holds no e-mail address, IP address or telephone number (3 rows)" in told
    assert publish.current_id(home) is None
    (see,) = [line.split("scaup ")[1] for line in told.splitlines() if "feat_days_impersonal" in line]
    shown = scaup(home.root, *shlex.split(see), "--format", "csv").stdout
    assert shown.count("jane@example.org/") == 3 and "jane.doe+" not in shown


def test_a_signal_that_was_not_compiled_is_compiled_or_its_canary_did_not_sing(
    dbt_manifest: Mapping[str, object], tmp_path: Path
) -> None:
    signals = {node["name"] for node in uncompiled(dbt_manifest, tmp_path)}
    assert len(signals) > 20
    promises, quiet = canaries(dbt_manifest, tmp_path, {})
    assert {name.removeprefix("signals.") for name in promises} == signals and min(quiet.values()) >= 1


# What the gates below look at: the real tests, invariants, volumes, seeds and staging, on marts that are
# their raw tables, one of which loses a row, and a signal that a withdrawn hash raises.
RAW = (
    "accounts", "requests", "logins", "classifier_scores", "hash_entries", "hash_matches", "user_reports",
    "review_tasks", "review_decisions", "precedents", "enforcement_actions", "external_referrals", "appeals",
    "legal_holds",
)  # fmt: skip
REAL = ("intermediate/int_precedents", "marts/operations/invariant_breaches", "marts/operations/volume_days")
SEEDS = ("action_types", "surfaces", "invariant_acceptances")
MARTS = {
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
    shown = {name: rows(home, told, name) for name in re.findall(r'"(\w+)"\'$', told, flags=re.MULTILINE)}
    assert shown.keys() == {
        "nothing_exists_that_must_not", "rows_reconcile_from_raw_to_marts", "withdrawn_hashes_raise_no_signal"
    }  # fmt: skip
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
    checks = json.loads((build(home, checkout).folder / "checks.json").read_text())
    warned = {node["name"]: node["failures"] for node in checks["dbt"] if node["status"] == "warn"}
    assert warned == {"the_provider_breaks_no_promise": 1, "the_last_week_came_in_as_usual": 1}


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


def rows(home: Home, told: str, name: str) -> list[dict[str, object]]:
    """The rows that a refusal shows for one check."""
    (see,) = [line.split("scaup ")[1] for line in told.splitlines() if line.endswith(f""".\"{name}"'""")]
    shown = scaup(home.root, *shlex.split(see), "--format", "jsonl").stdout
    return [json.loads(line) for line in shown.splitlines()]
