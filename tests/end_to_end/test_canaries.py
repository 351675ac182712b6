"""Nobody's identity is in what leaves: canaries of the raw lake, looked for in packages, logs and messages.

Every personal value of some accounts in the raw lake is one: addresses, cards, devices, networks, contents.
So is what people type into a case and must not. Packages are searched by value, Parquet included.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_outward import identities

from scaup import casework
from scaup.absence import search
from scaup.cli import cli
from scaup.home import Home
from scaup.keys import new_key
from scaup.runs import run
from scaup.warehouse import open_snapshot

# What a hurried analyst copies into a text, or a provider sends in a column that is not for it.
TYPED = (
    "quill.heron@canary.example",
    "+49 151 55501234",
    "203.0.113.77",
    "2001:db8:85a3::8a2e:370:7334",
    "4929 1234 5678 9012",
    "555-010-4477",
)
INVESTIGATIONS = ("account_triage", "link_expansion")
MOST = 3  # questions of one account; each is asked and sealed in every package


def scaup(home: Path, *words: str, expect: int = 0) -> str:
    """All that a command says, on both channels, its error included."""
    done = CliRunner(env={"SCAUP_HOME": str(home)}).invoke(cli, words)
    assert done.exit_code == expect, done.output
    return done.output + str(done.exception or "")


@dataclass(frozen=True)
class Sealed:
    """A home with one case, its packages by audience, what was said, and the canaries."""

    home: Home
    accounts: tuple[str, ...]
    identities: tuple[str, ...]
    said: str


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, built_home: Home) -> Iterator[Sealed]:
    home = Home(tmp_path_factory.mktemp("canaries") / "home")
    home.root.mkdir()
    # A copy: one process cannot open one file as the snapshot of two homes.
    shutil.copytree(built_home.snapshots, home.snapshots, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCAUP_KEYS", str(home.root.parent / "keys"))
        new_key(home.root.parent / "keys", "default")
        said = ""
        snapshot = open_snapshot(home)
        rows = snapshot.reader.execute(
            "select account_id from features.feat_hash_matches where account_id is not null "
            "group by account_id order by count(*) desc, account_id limit 3"
        ).fetchall()
        accounts = [account for (account,) in rows]
        desk = casework.desk(home)
        casework.open_case(desk, "ring", f"reported by {TYPED[0]}", f"Ring of {TYPED[1]}", "child_safety")
        for account in accounts:
            casework.add_subject(desk, "ring", "account", account)
        asked = [
            ("ask", name)
            for name, question in sorted(snapshot.catalogue.questions.items())
            if [found.name for found in question.parameters if found.required] == ["account_id"]
        ][:MOST]
        for kind, name in (*asked, *(("investigate", name) for name in INVESTIGATIONS)):
            given = {"account_ids": accounts} if name == "link_expansion" else {"account_id": accounts[0]}
            run(desk, "ring", kind, name, given, snapshot, f"call {TYPED[1]} first")
        casework.add_note(desk, "ring", f"{accounts[1]} wrote from {TYPED[2]}")
        casework.add_source(desk, "ring", f"log of {TYPED[2]} and {TYPED[3]}", "B2", runs=["R1"])
        casework.judge(
            desk, "ring", f"{accounts[0]} acts as {TYPED[0]}.", "likely", "low", ["R1"], f"card {TYPED[4]}"
        )
        casework.add_element(
            desk, "ring", "breach", f"{accounts[1]} paid with {TYPED[4]}", ["S1"], "B2", TYPED[5], "2026-01"
        )
        for audience in ("legal", "partner"):
            said += scaup(home.root, "seal", "ring", "--audience", audience)
        said += scaup(home.root, "case", "decide", "ring", "terminate", "--subject", "account:x", expect=1)
        yield Sealed(home, tuple(accounts), tuple(identities(built_home, accounts)), said)


def test_no_identity_is_in_a_disclosed_package_its_name_included(sealed: Sealed):
    assert len(sealed.identities) > 30
    everything = [*sealed.identities, *sealed.accounts, *TYPED]
    looked = search(Home(sealed.home.packages), everything)
    assert looked.is_absent, looked
    assert looked.files == 4  # two packages, and the hash of each


def test_the_search_finds_them_in_the_internal_package_and_so_could_have_found_them(sealed: Sealed):
    inside = Home(sealed.home.root / "inside")
    inside.root.mkdir()
    scaup(sealed.home.root, "seal", "ring", "--audience", "internal", "--out", str(inside.root))
    for value in (sealed.accounts[0], TYPED[0]):
        assert not search(inside, [value]).is_absent, value
    in_rows = [one.where for one in search(inside, list(sealed.identities[:100])).found]
    assert any(where.endswith(".parquet") for where in in_rows)
    shutil.rmtree(inside.root)


def test_no_identity_is_in_the_audit_trail_or_in_what_the_commands_said(sealed: Sealed):
    everything = [*sealed.identities, *sealed.accounts, *TYPED]
    assert search(Home(sealed.home.root / "audit"), everything).is_absent
    assert [value for value in everything if value in sealed.said] == []


def test_the_leads_pages_name_nobody(sealed: Sealed, tmp_path: Path):
    scaup(sealed.home.root, "site", "--out", str(tmp_path / "site"))
    assert list((tmp_path / "site").glob("*.html"))
    assert search(Home(tmp_path / "site"), [*sealed.identities, *sealed.accounts]).is_absent


def test_raw_identities_at_ingests_door_are_in_no_message_log_or_manifest(tmp_path: Path):
    """Every text of an account is an identity in the clear: only rows and the quarantine may keep it."""
    home = Home(tmp_path / "home")
    row = {
        "account_id": "acc_1", "created_at": "2026-02-01T00:00:00Z", "status": TYPED[0],
        "surface_signup": TYPED[1], "email_hmac": TYPED[0], "phone_hmac": TYPED[1], "age_band": TYPED[4],
        "verification": TYPED[2], "recorded_at": TYPED[3], "source_system": "s",
    }  # fmt: skip
    path = tmp_path / "accounts.jsonl"
    path.write_text(
        "\n".join(json.dumps({**row, "recorded_at": at}) for at in (TYPED[3], "2026-02-02T00:00:00Z"))
    )
    said = scaup(home.root, "ingest", str(path))
    assert [value for value in TYPED if value in said] == []
    told = [found for found in search(home, list(TYPED)).found if not found.path.endswith(".parquet")]
    assert told == []
