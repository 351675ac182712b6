"""`scaup triage`: every kind of id is looked up and answered on one screen; silence is no all-clear."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from scaup.cli import cli
from scaup.home import Home, find_project
from scaup.investigations import find_investigations, read_investigation
from scaup.triage import UnknownSubject, recognise, triage
from scaup.warehouse import Snapshot, connect, open_snapshot

IDS = {
    "account": "select subject_id from enforcement.risk_scores where subject_type = 'account' and "
    "route = 'enforcement' order by bits desc, subject_id limit 1",
    "cluster": "select subject_id from signals.signals where subject_type = 'cluster' "
    "group by all order by count(*) desc, subject_id limit 1",
    "report": "select report_id from intermediate.int_user_reports where subject_type = 'account' and "
    "valid is null order by received_at desc, report_id limit 1",
    "key": "select key_value from intermediate.int_account_keys where key_type = 'device' and "
    "account_count = 3 order by key_value limit 1",
    "hash": "select sha256 from features.feat_hash_matches group by all order by count(*) desc, 1 limit 1",
    "mcp_server": "select server_id from features.feat_mcp_versions order by report_count desc, 1 limit 1",
    "sender": "select sender_id from features.feat_copyright_senders order by notice_count desc, 1 limit 1",
    "target": "select target_hmac from features.feat_target_days order by request_count desc, 1 limit 1",
    "action": "select action_id from enforcement.actions where subject_type = 'account' order by 1 limit 1",
}
PARTS = ("DATA", "WHAT IT IS", "AT RISK", "CLOCKS", "WHAT FIRED", "DECIDED BEFORE", "RUN NEXT")
NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
ARGUMENTS = [
    read_investigation(path) for path in find_investigations(find_project() / "investigations").values()
]


@pytest.fixture(scope="module")
def snapshot(built_home: Home) -> Snapshot:
    return open_snapshot(built_home)


def an_id(snapshot: Snapshot, kind: str) -> str:
    return str(snapshot.reader.execute(IDS[kind]).fetchall()[0][0])


def screen(home: Home, *words: str, expect: int = 0) -> str:
    runner = CliRunner(env={"SCAUP_HOME": str(home.root), "COLUMNS": "80"})
    result = runner.invoke(cli, ["triage", *words])
    assert (0 if result.exception is None else 1) == expect, result.output
    return result.stdout


@pytest.mark.parametrize("kind", IDS)
def test_every_kind_of_id_is_answered_on_one_screen(kind: str, snapshot: Snapshot, built_home: Home):
    subject = an_id(snapshot, kind)
    text = screen(built_home, subject, "--as", kind)
    lines = text.splitlines()
    assert lines[0].startswith(f"{kind.replace('_', ' ').upper()} {subject}")
    for part in PARTS if kind != "key" else ("DATA", "WHAT IT IS", "RUN NEXT"):
        assert any(line.startswith(part) for line in lines), part
    assert len(lines) <= 50
    assert all(len(line) <= 80 or "scaup " in line or line == lines[0] for line in lines)
    assert "None" not in text


def test_what_an_id_names_is_looked_up_and_not_guessed(snapshot: Snapshot):
    for kind in IDS:
        subject = an_id(snapshot, kind)
        found = recognise(snapshot, f" {subject}\n")
        assert kind in (found.kind, *found.others)
    cluster = an_id(snapshot, "cluster")
    assert recognise(snapshot, cluster).kind == "account", "a cluster is called after an account"
    assert recognise(snapshot, cluster, "cluster").about_kind == "cluster"
    for unknown in ("acc_9999999", "", "' or 1=1 --"):
        with pytest.raises(UnknownSubject, match="No table of snapshot"):
            recognise(snapshot, unknown)
    with pytest.raises(UnknownSubject, match="It is known as: account"):
        recognise(snapshot, cluster, "sender")


def test_a_planted_cluster_shows_who_is_at_risk_what_fired_and_which_clock_runs(
    snapshot: Snapshot, built_home: Home
):
    text = screen(built_home, an_id(snapshot, "cluster"), "--as", "cluster")
    assert re.search(r"AT RISK +S2 distillation", text)
    assert re.search(r"WHAT FIRED +S2 sig_\w+ \d+×", text) and "(from " in text
    assert re.search(r"CLOCKS +(OVERDUE by|[\d.]+ h left)", text)
    assert "scaup investigate suspected_distillation --cluster-id" in text


def test_old_data_say_so_and_fresh_data_do_not(snapshot: Snapshot):
    subject = recognise(snapshot, an_id(snapshot, "account"))
    fresh = triage(snapshot, subject, ARGUMENTS, NOW)
    stale = triage(snapshot, subject, ARGUMENTS, NOW + timedelta(days=2))
    assert "STALE" not in str(fresh.parts[0]) and "STALE" in str(stale.parts[0])
    assert fresh.failures == []


def test_a_question_that_fails_is_named_and_no_all_clear(
    snapshot: Snapshot, built_home: Home, tmp_path: Path
):
    home = Home(tmp_path / "home")
    shutil.copytree(snapshot.folder, home.snapshots / snapshot.id)
    (home.snapshots / "current").write_text(snapshot.id)
    warehouse = home.snapshots / snapshot.id / "warehouse.duckdb"
    warehouse.chmod(0o600)
    with connect(warehouse) as connection:
        connection.execute("drop table signals.signals cascade")
        connection.execute("delete from intermediate.int_user_reports")
        connection.execute(
            "update intermediate.int_input_coverage set is_present = false where table_name = 'user_reports'"
        )
    text = screen(home, an_id(snapshot, "account"), expect=1)
    assert "COULD NOT BE READ: signals_fired" in " ".join(text.split())
    assert "RUN NEXT" in text
