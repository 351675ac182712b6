"""A small case on the tiny snapshot, with everything in it that sealing looks at."""

from __future__ import annotations

import json
from pathlib import Path

from tiny_snapshot import CATALOGUE, SNAPSHOT, publish_tiny

from scaup import casework
from scaup.cases import Case
from scaup.keys import new_key
from scaup.manifest import content_hash
from scaup.policies import read_policies
from scaup.runs import run
from scaup.warehouse import open_snapshot

CASE = "ring-7"
PLANTED = "acc_1"
# As the catalogue of a built snapshot classes them.
CLASSES = {
    "account_id": "P2",
    "activity_date": "P1",
    "request_count": "P1",
    "refused_share": "P1",
    "note": "P3",
}
NOTES = ["mail mallory@example.org from 192.0.2.77", "=cmd|' /C calc'!A0", "acc_1 was here", ""]


def make_case(root: Path, keys: Path, project: Path, notes: list[str] | None = None) -> casework.Desk:
    """A home with a snapshot and the case. `SCAUP_KEYS` has to name `keys`."""
    home = publish_tiny(root, NOTES if notes is None else notes)
    folder = home.snapshots / SNAPSHOT
    catalogue = json.loads(json.dumps(CATALOGUE))
    for question in catalogue["questions"]:
        known = {column["name"]: column for column in question.get("columns", [])}
        for name, privacy in CLASSES.items():
            known[name] = {**known.get(name, {"name": name, "description": ""}), "privacy": privacy}
        question["columns"] = list(known.values())
        question["relations"] = ["features.feat_account_days", "features.notes"]
        for parameter in question["parameters"]:
            parameter["privacy"] = "P2" if parameter["name"].startswith("account") else "P1"
    (folder / "catalogue.json").write_text(json.dumps(catalogue))
    manifest = json.loads((folder / "manifest.json").read_text())
    with open_snapshot(home).connection() as connection:
        names = ("features.feat_account_days", "features.notes")
        manifest["relations"] = {name: content_hash(connection, name) for name in names}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    if not (keys / "default.key").exists():
        new_key(keys, "default")
    desk = casework.desk(home)
    casework.open_case(desk, CASE, "an alert", "A ring", "distillation")
    casework.add_subject(desk, CASE, "account", PLANTED)
    casework.add_note(desk, CASE, f"{PLANTED} looks *odd*")
    run(desk, CASE, "ask", "account_activity", {"account_id": PLANTED, "since": "-30d"}, open_snapshot(home))
    run(desk, CASE, "ask", "account_notes", {}, open_snapshot(home))
    casework.add_source(desk, CASE, f"what {PLANTED} did", "B2", runs=["R1"])
    statement = f"{PLANTED} and mallory@example.org act as one, from 192.0.2.77."
    casework.judge(desk, CASE, statement, "likely", "moderate", ["S1"], "a contract")
    casework.add_element(desk, CASE, "breach", f"{PLANTED} sent it", ["S1"], "B2", "none found", "2026-01")
    casework.decide(
        desk,
        CASE,
        read_policies(project),
        {
            "action": "terminate",
            "subject": ("account", PLANTED),
            "clause": "distillation",
            "version": 1,
            "rationale": f"{PLANTED} deals one template grid out.",
            "reviewer": "Ada Analyst",
            "role": "analyst",
            "second_reviewer": "Ben Barrister",
            "second_role": "legal",
            "cites": [],
            "distinguishes": [],
            "dissent": "",
        },
    )
    return desk


def case_of(desk: casework.Desk) -> Case:
    """The case as it stands."""
    from scaup.cases import find_case

    return find_case(desk.home, CASE)
