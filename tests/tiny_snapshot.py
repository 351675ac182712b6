"""A real snapshot, small enough to make in a blink: two tables, three questions, one absent input."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from scaup.home import Home
from scaup.macros import publish_macros
from scaup.project import read_catalogue
from scaup.warehouse import Snapshot, connect, execute, open_snapshot

SNAPSHOT = "tiny"
AS_OF = "2026-06-01T00:00:00+00:00"

ACTIVITY = """\
select activity_date, request_count, refused_share
from "warehouse"."features"."feat_account_days"
where account_id = $account_id and activity_date >= $since and activity_date < $until
order by activity_date
limit $limit
"""
PICKS = """\
select account_id, sum(request_count)::bigint as request_count
from "warehouse"."features"."feat_account_days"
where account_id = any($account_ids)
    and ($surface is null or surface = $surface)
    and ($least is null or request_count >= $least)
    and ($is_odd is null or (request_count % 2 = 1) = $is_odd)
group by account_id
order by account_id
"""
NOTES = """\
select account_id, note
from "warehouse"."features"."notes"
where $contains is null or contains(note, $contains)
order by account_id
"""
TIMES = [
    {"name": "since", "type": "timestamptz", "description": "Start.", "required": False, "default": "-28d"},
    {"name": "until", "type": "timestamptz", "description": "End.", "required": False, "default": "now"},
]


def question(name: str, sql: str, parameters: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """One question as it stands in catalogue.json."""
    return {
        "name": name,
        "description": f"Rows of {name}.",
        "sql": sql,
        "sha256": hashlib.sha256(sql.encode()).hexdigest(),
        "parameters": parameters,
        **more,
    }


CATALOGUE = {
    "questions": [
        question(
            "account_activity",
            ACTIVITY,
            [
                {"name": "account_id", "type": "varchar", "description": "The account.", "required": True,
                 "entity": "account"},
                *TIMES,
                {"name": "limit", "type": "bigint", "description": "Rows.", "required": False,
                 "default": 500, "minimum": 1, "maximum": 10000},
            ],
            question="What did this account do, day by day?",
            empty="The account sent no requests in this window.",
            inputs=["requests"],
            caveats=["Shares of few requests are noise."],
            columns=[{"name": "activity_date", "description": "The day, UTC.", "type": "DATE"}],
        ),
        question(
            "account_picks",
            PICKS,
            [
                {"name": "account_ids", "type": "varchar[]", "description": "Accounts.", "maximum": 5},
                {"name": "surface", "type": "varchar", "description": "One surface.", "required": False,
                 "default": None, "values": ["chat", "api"]},
                {"name": "least", "type": "bigint", "description": "At least.", "required": False,
                 "default": None},
                {"name": "is_odd", "type": "boolean", "description": "Odd counts only.", "required": False,
                 "default": None},
            ],
        ),
        question(
            "account_notes",
            NOTES,
            [{"name": "contains", "type": "varchar", "description": "A text.", "required": False,
              "default": None}],
            empty="Nobody wrote a note.",
            inputs=["requests", "logins"],
        ),
    ],
    "signals": [{"name": "sig_busy", "description": "Busy.", "policy": "spam"}],
    "models": [{"name": "notes", "schema": "features", "description": "Notes.", "columns": []}],
}  # fmt: skip


def publish_tiny(root: Path, notes: list[str] | None = None) -> Home:
    """A home with one published snapshot; `notes` are planted as data, one account each."""
    home = Home(root)
    folder = home.snapshots / SNAPSHOT
    folder.mkdir(parents=True)
    (folder / "catalogue.json").write_text(json.dumps(CATALOGUE))
    (folder / "manifest.json").write_text(json.dumps({"snapshot_id": SNAPSHOT, "as_of": AS_OF}))
    with connect(folder / "warehouse.duckdb") as connection:
        connection.execute("create schema features")
        connection.execute("create schema intermediate")
        connection.execute(
            "create table features.feat_account_days as select 'acc_' || (day % 3) as account_id, "
            "date '2026-05-01' + day::integer as activity_date, 'chat' as surface, (day * 7)::bigint as "
            "request_count, day / 40.0 as refused_share from range(31) as days(day)"
        )
        connection.execute(
            "create table intermediate.int_input_coverage as select * from "
            "(values ('requests', true), ('logins', false)) as inputs(table_name, is_present)"
        )
        connection.execute("create table features.notes (account_id varchar, note varchar)")
        planted = {"notes": notes or []}
        execute(
            connection,
            "insert into features.notes select 'acc_' || lpad((place - 1)::varchar, 5, '0'), $notes[place] "
            "from range(1, len($notes) + 1) as places(place)",
            planted,
        )
        questions = read_catalogue(folder / "catalogue.json").questions.values()
        publish_macros(connection, questions, open_as_of())
        connection.execute("checkpoint")
    (home.snapshots / "current").write_text(SNAPSHOT)
    return home


def open_as_of() -> Any:
    """The snapshot's as_of as an instant."""
    from datetime import datetime

    return datetime.fromisoformat(AS_OF)


def tiny_snapshot(root: Path, notes: list[str] | None = None) -> Snapshot:
    """The snapshot of a tiny home, opened."""
    return open_snapshot(publish_tiny(root, notes))
