"""Casework: what is written down, what is refused, and that the log is the one that was written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tiny_snapshot import publish_tiny

from scaup import casework, custody
from scaup.cases import Case, find_case, hold_to_trail, list_cases, snapshots_in_use
from scaup.errors import UsageError
from scaup.home import Home
from scaup.hypotheses import read_table
from scaup.keys import key_folder, known_keys, new_key
from scaup.policies import Policies, read_policies
from scaup.runs import read_manifest, run
from scaup.warehouse import open_snapshot


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "keys"
    monkeypatch.setenv("SCAUP_KEYS", str(folder))
    new_key(folder, "default")
    return folder


@pytest.fixture
def desk(tmp_path: Path, keys: Path) -> casework.Desk:
    return casework.desk(publish_tiny(tmp_path / "home"))


@pytest.fixture
def policies(project: Path) -> Policies:
    return read_policies(project)


def _opened(desk: casework.Desk) -> Case:
    casework.open_case(desk, "ring-7", "an alert on a cluster")
    return casework.add_subject(desk, "ring-7", "account", "acc_1")


def _decision(**more: Any) -> Mapping[str, Any]:
    return {
        "action": "terminate",
        "subject": ("account", "acc_1"),
        "clause": "distillation",
        "version": 1,
        "rationale": "Forty accounts deal one template grid out among them.",
        "reviewer": "ada",
        "role": "analyst",
        "second_reviewer": "ben",
        "second_role": "legal",
        "cites": [],
        "distinguishes": [],
        "dissent": "",
        **more,
    }


@pytest.mark.parametrize("case_id", ["", ".", "..", "../x", "a/b", "-x", "a b", "x" * 65, "ünsafe", "a\n"])
def test_an_unsafe_id_opens_no_case(desk: casework.Desk, case_id: str):
    with pytest.raises(UsageError):
        casework.open_case(desk, case_id, "why")
    assert list_cases(desk.home) == []


def test_a_case_is_opened_once_and_for_a_purpose(desk: casework.Desk):
    with pytest.raises(UsageError, match="purpose"):
        casework.open_case(desk, "ring-7", " ")
    casework.open_case(desk, "ring-7", "why")
    with pytest.raises(UsageError, match="already"):
        casework.open_case(desk, "RING-7", "why")


def test_an_unknown_case_is_answered_with_the_nearest(desk: casework.Desk):
    _opened(desk)
    with pytest.raises(UsageError, match="Did you mean 'ring-7'"):
        find_case(desk.home, "ring-8")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"clause": "", "version": None}, "clause"),
        ({"version": None}, "In force: 1"),
        ({"version": 2}, "no version 2"),
        ({"clause": "distilation"}, "Did you mean 'distillation'"),
        ({"rationale": "because"}, "rationale"),
        ({"role": ""}, "role"),
        ({"second_reviewer": "", "second_role": ""}, "second reviewer in another role"),
        ({"second_reviewer": "Ada "}, "somebody else"),
        ({"second_reviewer": "Ａｄａ"}, "somebody else"),
        ({"second_reviewer": " \u00a0"}, "second reviewer in another role"),
        ({"second_role": "analyst"}, "another role"),
        ({"action": "report_out", "second_reviewer": ""}, "second reviewer"),
        ({"subject": ("account", "acc_2")}, "no subject of case"),
        ({"action": "terminat"}, "Did you mean 'terminate'"),
    ],
)
def test_nothing_terminal_is_decided_without_what_it_needs(
    desk: casework.Desk, policies: Policies, more: dict[str, Any], says: str
):
    before = _opened(desk)
    with pytest.raises(Exception, match=says):
        casework.decide(desk, "ring-7", policies, _decision(**more))
    assert find_case(desk.home, "ring-7") == before


def test_a_whole_decision_stands(desk: casework.Desk, policies: Policies):
    _opened(desk)
    (decided,) = casework.decide(desk, "ring-7", policies, _decision()).decisions
    assert (decided.id, decided.is_terminal, decided.second_role) == ("D1", True, "legal")


def test_a_policy_that_asks_for_no_second_reviewer_gets_by_with_one(desk: casework.Desk, policies: Policies):
    _opened(desk)
    alone = _decision(clause="spam", second_reviewer="", second_role="")
    assert casework.decide(desk, "ring-7", policies, alone).decisions[0].clause == "spam"


def test_a_warning_needs_no_clause(desk: casework.Desk, policies: Policies):
    _opened(desk)
    light = _decision(
        action="warn", clause="", version=None, rationale="", role="", second_reviewer="", second_role=""
    )
    assert not casework.decide(desk, "ring-7", policies, light).decisions[0].is_terminal


def test_a_hold_keeps_a_case_open_until_it_is_released(desk: casework.Desk):
    _opened(desk)
    casework.place_hold(desk, "ring-7", "a claim is expected")
    with pytest.raises(casework.CaseUnfit, match="legal hold"):
        casework.close_case(desk, "ring-7", "done")
    casework.release_hold(desk, "ring-7", "H1", "withdrawn")
    assert not casework.close_case(desk, "ring-7", "done").is_open
    with pytest.raises(casework.CaseUnfit, match="closed"):
        casework.add_note(desk, "ring-7", "late")


def test_a_judgment_keeps_likelihood_and_confidence_apart(desk: casework.Desk):
    _opened(desk)
    casework.add_source(desk, "ring-7", "the run", "B2")
    with pytest.raises(UsageError, match="'probably'"):
        casework.judge(desk, "ring-7", "They probably act as one.", "likely", "low", ["S1"], "a contract")
    with pytest.raises(UsageError, match="has no source or run 'S2'"):
        casework.judge(desk, "ring-7", "They act as one.", "likely", "low", ["S2"], "a contract")
    judged = casework.judge(desk, "ring-7", "They act as one.", "likely", "low", ["S1"], "a contract")
    assert judged.judgments[0].basis == ("S1",)


@pytest.mark.parametrize("grade", ["", "B", "2B", "G1", "A7", "b2", "B2 "])
def test_a_grade_is_admiraltys(desk: casework.Desk, grade: str):
    _opened(desk)
    with pytest.raises(UsageError, match="no grade"):
        casework.add_source(desk, "ring-7", "the run", grade)


def test_a_run_leaves_a_manifest_that_says_everything(desk: casework.Desk):
    _opened(desk)
    given = {"account_id": "acc_1", "since": "-30d"}
    case, _ = run(desk, "ring-7", "ask", "account_activity", given, open_snapshot(desk.home))
    manifest = read_manifest(case, "R1")
    (exhibit,) = manifest["exhibits"]
    assert exhibit["parameters"] == {
        "account_id": "acc_1",
        "since": "2026-05-02T00:00:00Z",
        "until": "2026-06-01T00:00:00.000001Z",
        "limit": 500,
    }
    for name in ("snapshot_id", "as_of", "code", "dependencies_sha256", "purpose", "who", "at", "version"):
        assert manifest[name] is not None, name
    assert exhibit["row_count"] == case.runs[0].rows > 0
    rows = case.folder / "runs" / "R1" / "exhibits" / "01-account_activity.parquet"
    assert rows.is_file()
    audit = (desk.home.root / "audit" / "audit.jsonl").read_text()
    assert '"case run"' in audit and "acc_1" not in audit


def test_the_snapshots_of_an_open_case_are_not_let_go(desk: casework.Desk):
    _opened(desk)
    run(desk, "ring-7", "ask", "account_notes", {}, open_snapshot(desk.home))
    assert snapshots_in_use(desk.home) == {"tiny"}
    casework.close_case(desk, "ring-7", "no case")
    assert snapshots_in_use(desk.home) == set()


# ---- the log ----------------------------------------------------------------------------------


def _break(log: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    lines = log.read_bytes().split(b"\n")[:-1]
    log.write_bytes(b"".join(line + b"\n" for line in change(lines)))


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:-1],
        lambda lines: lines[:1],
        lambda lines: [],
        lambda lines: [lines[0], lines[2], lines[1]],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines[:-1], lines[-1].replace(b"note", b"hint")],
        lambda lines: [*lines[:-1], lines[-1] + b" "],
        lambda lines: [lines[0].replace(b"alert", b"alarm"), *lines[1:]],
    ],
    ids=[
        "last dropped",
        "two dropped",
        "emptied",
        "swapped",
        "one dropped",
        "repeated",
        "edited",
        "space",
        "first",
    ],
)
def test_a_log_that_is_not_the_one_that_was_written_shows(desk: casework.Desk, change):
    case = _opened(desk)
    casework.add_note(desk, "ring-7", "seen")
    _break(case.folder / "log.jsonl", change)
    with pytest.raises(custody.CustodyBroken):
        find_case(desk.home, "ring-7")
    with pytest.raises(custody.CustodyBroken):
        casework.add_note(desk, "ring-7", "nothing is added to it")


def test_a_log_rewritten_and_signed_by_a_strangers_key_shows(
    desk: casework.Desk, tmp_path: Path, keys: Path, monkeypatch
):
    case = _opened(desk)
    other = tmp_path / "others"
    new_key(other, "mallory")
    monkeypatch.setenv("SCAUP_KEYS", str(other))
    with pytest.raises(custody.CustodyBroken, match="which you do not know"):
        find_case(desk.home, case.id)


def test_what_a_crash_tore_off_is_not_there_and_the_next_entry_follows(desk: casework.Desk):
    case = _opened(desk)
    with (case.folder / "log.jsonl").open("ab") as file:
        file.write(b'{"seq":3,"event":"no')
    assert len(find_case(desk.home, "ring-7").log) == 2
    casework.add_note(desk, "ring-7", "goes on")
    assert [entry.seq for entry in find_case(desk.home, "ring-7").log] == [1, 2, 3]


def test_an_entry_whose_head_was_not_signed_in_time_stands(desk: casework.Desk):
    case = _opened(desk)
    head = (case.folder / "head.json").read_bytes()
    casework.add_note(desk, "ring-7", "the last one")
    (case.folder / "head.json").write_bytes(head)
    assert len(find_case(desk.home, "ring-7").log) == 3


def test_two_writers_follow_each_other(desk: casework.Desk, keys: Path, project: Path):
    _opened(desk)
    words = [sys.executable, "-m", "scaup", "case", "note", "ring-7", "at once"]
    env = {**os.environ, "SCAUP_HOME": str(desk.home.root), "SCAUP_KEYS": str(keys)}
    started = [
        subprocess.Popen(words, env=env, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(4)
    ]
    assert [one.wait() for one in started] == [0] * 4
    assert [note.id for note in find_case(desk.home, "ring-7").notes] == ["N1", "N2", "N3", "N4"]


def test_keys_in_a_checkout_or_a_home_are_refused(desk: casework.Desk, project: Path, monkeypatch):
    for place in (project / "var" / "keys", desk.home.root / "keys"):
        monkeypatch.setenv("SCAUP_KEYS", str(place))
        with pytest.raises(UsageError, match="do not belong"):
            key_folder()


def test_the_log_holds_no_note_and_the_head_is_json(desk: casework.Desk):
    _opened(desk)
    case = casework.add_note(desk, "ring-7", "a word that may have to go")
    assert "may have to go" not in (case.folder / "log.jsonl").read_text()
    assert set(json.loads((case.folder / "head.json").read_text())) == {
        "uid",
        "seq",
        "hash",
        "key_id",
        "signature",
    }


def test_a_home_without_cases_lists_none(tmp_path: Path, keys: Path):
    assert list_cases(Home(tmp_path)) == []
    assert known_keys(keys)


def test_an_older_log_with_its_older_signed_head_shows_against_the_trail(desk: casework.Desk):
    case = _opened(desk)
    before = {name: (case.folder / name).read_bytes() for name in ("log.jsonl", "head.json")}
    casework.add_note(desk, "ring-7", "to be forgotten")
    hold_to_trail(desk.home, find_case(desk.home, "ring-7"))
    for name, content in before.items():
        (case.folder / name).write_bytes(content)
    with pytest.raises(custody.CustodyBroken, match="older log was put in its place"):
        hold_to_trail(desk.home, find_case(desk.home, "ring-7"))


def test_competing_hypotheses_are_scored_and_what_decides_nothing_is_named():
    table = read_table("evidence,extraction,evaluation\nhours,CC,I\nvolume,C,C\nno contract,C,II\n")
    assert table["inconsistency"] == {"extraction": 0, "evaluation": 3}
    assert table["undiagnostic"] == ["volume"]
    for text in ("", "a,b\n", "evidence,x,y\n", "evidence,x,y\nhours,C\n", "evidence,x,y\nhours,C,Q\n"):
        with pytest.raises(UsageError):
            read_table(text)


def test_a_reader_of_questions_does_not_load_the_keys_library(desk: casework.Desk, project: Path):
    code = "import sys, scaup.cli.ask, scaup.questions; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=project, check=False).returncode == 0
