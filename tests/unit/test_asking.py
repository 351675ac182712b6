"""Asking: bound, typed, repeatable, and checked before anything is opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from tiny_snapshot import publish_tiny, tiny_snapshot

from scaup.answers import no_rows
from scaup.errors import MissingInput, UsageError
from scaup.parameters import MissingParameter, UnknownParameter
from scaup.project import Question, UnknownQuestion
from scaup.questions import QuestionFailed, ask, typed
from scaup.warehouse import Snapshot, execute, open_snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return tiny_snapshot(tmp_path_factory.mktemp("questions") / "home", notes=["a", "b"])


def test_a_missing_parameter_is_named_before_the_database_is_opened(snapshot: Snapshot) -> None:
    with pytest.raises(MissingParameter, match="account_id"):
        ask(snapshot.catalogue.question("account_activity"), {}, cast(Any, None))


def test_a_surplus_parameter_is_named_before_the_database_is_opened(snapshot: Snapshot) -> None:
    with pytest.raises(UnknownParameter, match="Did you mean 'account_id'"):
        ask(snapshot.catalogue.question("account_activity"), {"acount_id": "a"}, cast(Any, None))


def test_an_answer_holds_what_is_needed_to_repeat_it(snapshot: Snapshot) -> None:
    question = snapshot.catalogue.question("account_activity")
    answer = ask(question, {"account_id": "acc_1", "since": "-5d"}, snapshot)
    again = ask(question, answer.parameters, snapshot)
    assert answer and answer.columns == ("activity_date", "request_count", "refused_share")
    assert answer.types == ("DATE", "BIGINT", "DOUBLE")
    assert (answer.sql_sha256, answer.snapshot_id) == (question.sha256, "tiny")
    assert (again.result_sha256, again.rows) == (answer.result_sha256, answer.rows)


def test_the_hash_of_a_result_depends_on_values_order_and_types(snapshot: Snapshot) -> None:
    question = snapshot.catalogue.question("account_activity")
    hashes = {
        ask(question, {"account_id": name}, snapshot).result_sha256 for name in ("acc_0", "acc_1", "none")
    }
    assert len(hashes) == 3


def test_relative_times_count_from_the_snapshots_clock(snapshot: Snapshot) -> None:
    answer = ask(snapshot.catalogue.question("account_activity"), {"account_id": "acc_0"}, snapshot)
    just_after_the_last_row = "2026-06-01 00:00:00.000001+00:00"
    assert str(answer.parameters["until"]) == just_after_the_last_row
    assert str(answer.parameters["since"]) == "2026-05-04 00:00:00+00:00"


def test_a_list_that_is_empty_by_default_is_asked_with_no_values(tmp_path: Path) -> None:
    home = publish_tiny(tmp_path / "home")
    path = home.snapshots / "tiny" / "catalogue.json"
    catalogue = json.loads(path.read_text())
    (picks,) = [found for found in catalogue["questions"] if found["name"] == "account_picks"]
    picks["parameters"][0] |= {"required": False, "default": []}
    path.write_text(json.dumps(catalogue))
    snapshot = open_snapshot(home)
    question = snapshot.catalogue.question("account_picks")
    empty = ask(question, {}, snapshot)
    assert (empty.rows, empty.parameters["account_ids"]) == ((), [])
    assert [row[0] for row in ask(question, {"account_ids": ["acc_1"]}, snapshot).rows] == ["acc_1"]


def test_windows_are_half_open(snapshot: Snapshot) -> None:
    window = {"account_id": "acc_0", "since": "2026-05-01", "until": "2026-05-04"}
    rows = ask(snapshot.catalogue.question("account_activity"), window, snapshot).rows
    assert [str(row[0]) for row in rows] == ["2026-05-01"]


def test_optional_filters_and_lists_bind_as_what_they_are_declared(snapshot: Snapshot) -> None:
    question = snapshot.catalogue.question("account_picks")
    asked: dict[str, object] = {"account_ids": ["acc_0", "acc_1"]}
    both = ask(question, asked, snapshot).rows
    assert [name for name, _ in both] == ["acc_0", "acc_1"]
    assert ask(question, {**asked, "surface": "api"}, snapshot).rows == ()
    assert ask(question, {**asked, "least": "10000000000"}, snapshot).rows == ()
    odd, even = (ask(question, {**asked, "is_odd": choice}, snapshot).rows for choice in (True, False))
    assert [a[1] + b[1] for a, b in zip(odd, even, strict=True)] == [row[1] for row in both]
    assert ask(question, {"account_ids": []}, snapshot).rows == ()


def test_a_reached_limit_is_said(snapshot: Snapshot) -> None:
    question = snapshot.catalogue.question("account_activity")
    assert ask(question, {"account_id": "acc_0", "limit": 2}, snapshot).cut_by == "--limit 2"
    assert not ask(question, {"account_id": "acc_0"}, snapshot).truncated


def test_no_data_is_told_from_no_hits(snapshot: Snapshot) -> None:
    activity = ask(snapshot.catalogue.question("account_activity"), {"account_id": "none"}, snapshot)
    assert no_rows(activity) == "No rows. The account sent no requests in this window."
    notes = ask(snapshot.catalogue.question("account_notes"), {"contains": "zzz"}, snapshot)
    assert notes.absent_inputs == ("logins",)
    assert no_rows(notes).startswith("No data in logins")


def test_a_placeholder_in_a_text_or_comment_stays(snapshot: Snapshot) -> None:
    question = snapshot.catalogue.question("account_notes")
    odd = Question(
        name="odd",
        description="",
        sql="select '$contains' as text -- $contains\nwhere $contains = 'x'",
        sha256="0",
        parameters=question.parameters,
    )
    assert typed(odd).count("cast($contains as varchar)") == 1
    assert ask(odd, {"contains": "x"}, snapshot).rows == (("$contains",),)


def test_the_macro_of_a_question_gives_the_same_rows(snapshot: Snapshot) -> None:
    bound = ask(snapshot.catalogue.question("account_activity"), {"account_id": "acc_1"}, snapshot)
    macro = execute(snapshot.reader, "from ask.account_activity($account_id)", {"account_id": "acc_1"})
    assert tuple(macro.fetchall()) == bound.rows


def test_a_failing_question_names_itself_and_its_sql(snapshot: Snapshot) -> None:
    broken = Question(name="broken", description="", sql="select * from nowhere", sha256="abc")
    with pytest.raises(QuestionFailed, match=r"(?s)broken failed on snapshot tiny.*abc"):
        ask(broken, {}, snapshot)


def test_an_unknown_question_offers_the_nearest(snapshot: Snapshot) -> None:
    with pytest.raises(UnknownQuestion, match=r"Did you mean 'account_activity'.*lists all 3"):
        snapshot.catalogue.question("acount_activity")


def test_a_snapshot_can_be_opened_twice_and_changed_never(snapshot: Snapshot) -> None:
    for connection in (snapshot.reader, snapshot.connection()):
        for statement in (
            "create table features.mine as select 1",
            "copy (select 1) to 'out.csv'",
            "from read_csv('/etc/hostname')",
            "set enable_external_access = true",
            "set TimeZone = 'Asia/Tokyo'",
        ):
            with pytest.raises(Exception, match=r"read-only|disabled|locked|Permission|configuration"):
                connection.execute(statement)


def test_what_is_missing_is_said_with_the_next_step(tmp_path: Path) -> None:
    home = publish_tiny(tmp_path / "home")
    with pytest.raises(MissingInput, match="Did you mean 'tiny'"):
        open_snapshot(home, "tinny")
    with pytest.raises(UsageError, match="cannot be a snapshot"):
        open_snapshot(home, "../tiny")
    (home.snapshots / "current").unlink()
    with pytest.raises(MissingInput, match="scaup build"):
        open_snapshot(home)
