"""What leaves for partners holds nothing by which a person could be known, and says what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from door import scaup

from scaup.absence import search
from scaup.contract import read_contract
from scaup.home import Home
from scaup.warehouse import connect, execute

FORMATS = ("stix", "misp", "hash-feedback", "cybertip")


@dataclass(frozen=True)
class Outward:
    """A home with one case, and what a raw record says of the case's people."""

    home: Home
    accounts: tuple[str, ...]
    identities: tuple[str, ...]


@pytest.fixture(scope="module")
def outward(tmp_path_factory: pytest.TempPathFactory, built_home: Home) -> Iterator[Outward]:
    """The case: everybody whose upload a reviewer found on a list, one of them as a witness."""
    home = Home(tmp_path_factory.mktemp("outward") / "home")
    home.root.mkdir()
    home.snapshots.symlink_to(built_home.snapshots)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCAUP_KEYS", str(home.root.parent / "keys"))
        asked = scaup(
            home.root, "sql", "--format", "jsonl",
            "select distinct account_id from features.feat_hash_matches "
            "where account_id is not null order by 1",
        )  # fmt: skip
        accounts = [json.loads(line)["account_id"] for line in asked.stdout.splitlines()][:12]
        scaup(home.root, "key", "new")
        scaup(home.root, "case", "open", "ring", "--purpose", "test", "--policy", "child_safety")
        for place, account in enumerate(accounts):
            role = "witness" if place == 0 else "subject"
            scaup(home.root, "case", "add", "ring", "account", account, "--role", role)
        yield Outward(home, tuple(accounts), tuple(identities(built_home, accounts)))


def identities(home: Home, accounts: list[str]) -> list[str]:
    """Every personal text of these accounts in the raw lake: addresses, cards, networks, contents."""
    found: set[str] = set()
    with connect() as connection:
        for table in read_contract().tables:
            columns = [c for c in table.columns if c.privacy in ("P3", "P4") and c.type == "varchar"]
            names = {column.name for column in table.columns}
            if not columns or "account_id" not in names:
                continue
            files = [str(path) for path in home.lake.glob(f"[!._]*/{table.name}/**/*.parquet")]
            for column in columns:
                if files and column.name not in ("age_band", "email_domain"):
                    rows = execute(
                        connection,
                        "select distinct columns($name) from read_parquet($files, union_by_name = true) "
                        "where list_contains($accounts, account_id)",
                        {"files": files, "accounts": accounts, "name": column.name},
                    )
                    found |= {value for (value,) in rows.fetchall() if value and len(value) >= 8}
    return sorted(found)


def export(outward: Outward, form: str, *more: str, expect: int = 0) -> Any:
    words = ("--format", form, "--to", "partner", "--purpose", "test", *more)
    return scaup(outward.home.root, "export", "ring", *words, expect=expect)


def test_no_identity_is_in_any_export_log_or_message(outward: Outward) -> None:
    assert len(outward.identities) > 100
    said = ""
    for form in FORMATS:
        done = export(outward, form)
        said += done.stdout + done.stderr
        assert all(Path(line).is_file() for line in done.stdout.splitlines())
    refused = export(outward, "cybertip", "--policy", "spam", expect=2)
    said += refused.stdout + refused.stderr
    exports = Home(outward.home.root / "exports")
    everything = [*outward.identities, *outward.accounts]
    assert search(exports, everything).is_absent
    assert search(Home(outward.home.root / "audit"), everything).is_absent
    assert not [identity for identity in everything if identity in said]
    # The case itself is inside the house and does name its subjects: the search is able to find.
    assert not search(Home(outward.home.root / "cases"), list(outward.accounts)).is_absent


def test_a_witness_is_in_no_export_and_everybody_is_counted(outward: Outward) -> None:
    done = export(outward, "stix")
    bundle = json.loads(Path(done.stdout.strip()).read_text())
    told = [one for one in bundle["objects"] if one["type"] == "user-account"]
    assert "Left out: 1 of another role than subject" in done.stderr
    assert 0 < len(told) <= len(outward.accounts) - 1


def test_an_export_is_written_down_in_the_case_and_in_the_trail_with_its_hash(outward: Outward) -> None:
    export(outward, "misp")
    lines = (outward.home.root / "audit" / "audit.jsonl").read_text().splitlines()
    last = [line for line in map(json.loads, lines) if line["event"] == "export"][-1]
    assert (last["recipient"], last["purpose"], last["format"]) == ("partner", "test", "misp")
    assert last["rows"] > 0 and len(last["files"]["misp.json"]) == 64 and len(last["subjects_sha256"]) == 64
    log = (outward.home.root / "cases" / "ring" / "log.jsonl").read_text()
    assert last["files"]["misp.json"] in log
    scaup(outward.home.root, "case", "status", "ring")


def test_an_export_without_a_recipient_or_purpose_is_refused(outward: Outward) -> None:
    done = scaup(outward.home.root, "export", "ring", "--format", "stix", expect=2)
    assert "--to and --purpose" in done.stderr


def test_the_same_case_exported_twice_gives_the_same_bytes(outward: Outward) -> None:
    first, second = (Path(export(outward, "stix").stdout.strip()).read_bytes() for _ in range(2))
    assert first == second
