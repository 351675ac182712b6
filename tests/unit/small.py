"""A small checkout and a small lake, for the tests that build many times."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from scaup.home import Home
from scaup.ingest import ingest

TABLES = ("accounts", "requests")
SHOWN_IN = ("models/marts/operations/rows_in_breach", "analyses/rows_in_breach")

CLOCK = """select max(recorded_at) as as_of from {{ ref("stg_requests") }}
"""
DAYS = """select account_id, occurred_at::date as activity_date, count(*) as request_count
from {{ ref("stg_requests") }}
group by account_id, activity_date
"""
QUESTION = """select activity_date, request_count
from {{ ref("feat_days") }}
where account_id = $account_id and activity_date >= $since
order by activity_date
"""
YML = """models:
  - name: int_snapshot_clock
    description: One row.
    columns:
      - {name: as_of, description: The latest record.}
  - name: feat_days
    description: One row per account and day.
    data_tests:
      - one_row_per: {arguments: {columns: [account_id, activity_date]}}
    columns:
      - {name: account_id, description: The account.}
      - {name: activity_date, description: The day.}
      - name: request_count
        description: Requests on the day.
        data_tests:
          - within: {arguments: {minimum: 1, maximum: 3}}
"""
ADDED_DAYS = """{{ config(materialized="incremental", unique_key=["account_id", "activity_date"],
    meta={"follows": ["stg_requests", "stg_touched_accounts"], "in_blocks": true}) }}
select account_id, occurred_at::date as activity_date, count(*) as request_count
from {{ touched_rows(ref("stg_requests"), "occurred_at") }} as requests
group by account_id, activity_date
"""
TOUCHED = """{{ config(materialized="table") }}
select account_id, min(occurred_at::date) as requests_from
from {{ new_rows("requests") }} as requests
group by account_id
"""
TOUCHED_YML = """models:
  - name: stg_touched_accounts
    description: One row per account.
    columns:
      - {name: account_id, description: The account.}
      - {name: requests_from, description: The day.}
"""
QUESTION_YML = """analyses:
  - name: days
    description: One row per day of one account.
    config:
      meta:
        question: When was this account active?
        parameters:
          account_id: {type: varchar, entity: account, description: The account.}
          since: {type: date, default: -7d, description: From this day on.}
    columns:
      - {name: activity_date, description: The day.}
      - {name: request_count, description: Requests on the day.}
"""


def small_project(folder: Path, project: Path, tables: Sequence[str] = TABLES) -> Path:
    """A checkout with some raw tables, two models and one question; everything else is the real one's."""
    for name in ("dbt_project.yml", "profiles.yml", "requirements.lock"):
        shutil.copy(project / name, folder / name)
    shutil.copytree(project / "macros", folder / "macros")
    shutil.copytree(project / "tests" / "dbt" / "generic", folder / "tests" / "dbt" / "generic")
    write(folder / "models" / "intermediate" / "int_snapshot_clock.sql", CLOCK)
    write(folder / "models" / "marts" / "features" / "feat_days.sql", DAYS)
    write(folder / "models" / "marts" / "features" / "both.yml", YML)
    for path in SHOWN_IN:  # where a refused build shows its rows
        for suffix in ("sql", "yml"):
            write(folder / f"{path}.{suffix}", (project / f"{path}.{suffix}").read_text())
    write(folder / "analyses" / "days.sql", QUESTION)
    write(folder / "analyses" / "days.yml", QUESTION_YML)
    staging = project / "models" / "staging"
    contract = yaml.safe_load((staging / "_sources.yml").read_text())
    raw = contract["sources"][0]
    raw["tables"] = [table for table in raw["tables"] if table["name"] in tables]
    write(folder / "models" / "staging" / "_sources.yml", yaml.safe_dump(contract, sort_keys=False))
    for table in tables:
        for suffix in ("sql", "yml"):
            shutil.copy(staging / f"stg_{table}.{suffix}", folder / "models" / "staging")
    return folder


def growing_project(folder: Path, project: Path) -> Path:
    """The small checkout, with a mart to which new loads are added."""
    small_project(folder, project)
    write(folder / "models/marts/features/feat_days.sql", ADDED_DAYS)
    write(folder / "models/staging/stg_touched_accounts.sql", TOUCHED)
    write(folder / "models/staging/stg_touched_accounts.yml", TOUCHED_YML)
    return folder


def add_requests(
    home: Home,
    project: Path,
    name: str,
    per_account: int = 2,
    day: str = "2026-03-01",
    prefix: str = "a",
) -> None:
    """Take in one more load: three accounts and their requests on one day."""
    folder = home.root / "incoming" / name
    accounts = [
        {
            "account_id": f"{prefix}{number}",
            "created_at": "2026-02-01T00:00:00Z",
            "status": "active",
            "surface_signup": "chat",
            "age_band": "unknown",
            "verification": "email",
            "recorded_at": "2026-02-01T00:00:00Z",
            "source_system": "test",
        }
        for number in range(3)
    ]
    requests = [
        {
            "request_id": f"{name}-{number}-{turn}",
            "occurred_at": f"{day}T0{turn}:00:00Z",
            "surface": "chat",
            "account_id": f"{prefix}{number}",
            "model_version": "model-a",
            "input_tokens": 10,
            "output_tokens": 20,
            "tool_calls": 0,
            "status": 200,
            "refused": False,
            "recorded_at": f"{day}T0{turn}:00:05Z",
            "source_system": "test",
        }
        for number in range(3)
        for turn in range(per_account)
    ]
    write(folder / "accounts.jsonl", "".join(json.dumps(row) + "\n" for row in accounts))
    write(folder / "requests.jsonl", "".join(json.dumps(row) + "\n" for row in requests))
    ingest([folder], home, project=project)


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
