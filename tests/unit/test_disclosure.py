"""Disclosure: what leaves of an answer, by class, and what is looked for in texts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scaup.answers import Answer, to_parquet
from scaup.classification import read_classification
from scaup.disclosure import Pseudonyms, Veil, treatment_of
from scaup.project import Column, Parameter, Question

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)


def _asked(columns: dict[str, tuple[str, str]], rows: list[tuple[object, ...]]) -> tuple[Question, Answer]:
    """`columns` are (type, class) by name."""
    question = Question(
        "q",
        "",
        "select 1",
        "0" * 64,
        columns=tuple(Column(name, "", "", c) for name, (_, c) in columns.items()),
    )
    types = tuple(kind for kind, _ in columns.values())
    return question, Answer("q", tuple(columns), types, tuple(rows), "0" * 64, {}, "s", AS_OF, 0.0)


def _veil() -> Veil:
    return Veil(Pseudonyms(b"k" * 32))


@pytest.mark.parametrize(
    ("privacy", "kind", "how"),
    [
        ("P0", "VARCHAR", "show"),
        ("P1", "BIGINT", "show"),
        ("P2", "VARCHAR", "alias"),
        ("P2", "VARCHAR[]", "alias"),
        ("P2", "BIGINT", "alias"),
        ("P2", "TIMESTAMP WITH TIME ZONE", "show"),
        ("P2", "DOUBLE", "show"),
        ("P3", "VARCHAR", "drop"),
        ("P3", "DOUBLE", "drop"),
        ("P4", "BIGINT", "drop"),
        ("", "BIGINT", "drop"),
        ("P9", "VARCHAR", "drop"),
    ],
)
def test_only_what_is_allowed_is_shown(privacy: str, kind: str, how: str):
    assert treatment_of(privacy, kind) == how


def test_an_answer_leaves_without_people():
    question, answer = _asked(
        {
            "account_id": ("VARCHAR", "P2"),
            "accounts": ("VARCHAR[]", "P2"),
            "email_hmac": ("VARCHAR", "P3"),
            "surprise": ("VARCHAR", ""),
            "note": ("VARCHAR", "P1"),
            "evidence": ("JSON", "P1"),
            "request_count": ("BIGINT", "P1"),
        },
        [
            (
                "acc_7",
                ["acc_7", "acc_8"],
                "ab12cd",
                "x",
                "seen acc_8, not acc_70",
                '{"peer": "acc_8", "n": 3}',
                4,
            )
        ],
    )
    veil = _veil()
    veil.learn_answer(question, answer)
    shown = veil.answer(question, answer, "here")
    seven, eight = veil.pseudonyms.of("acc_7"), veil.pseudonyms.of("acc_8")
    assert shown.columns == ("account_id", "accounts", "note", "evidence", "request_count")
    ((account, accounts, note, evidence, count),) = shown.rows
    assert (account, accounts, count) == (seven, [seven, eight], 4)
    assert eight in str(note) and "acc_" not in str(note)
    assert evidence == f'{{"peer": "{eight}", "n": 3}}'
    told = {(row["what"], row["how"], row["count"]) for row in veil.redactions.rows}
    assert ("column surprise", "left out", 1) in told and ("column account_id", "pseudonym", 1) in told
    assert to_parquet(shown)


def test_an_answer_of_which_nothing_may_leave_says_how_many_rows_it_has():
    question, answer = _asked({"email_hmac": ("VARCHAR", "P3")}, [("a",), ("b",)])
    shown = _veil().answer(question, answer, "here")
    assert (shown.columns, shown.rows) == (("row",), ((1,), (2,)))


@pytest.mark.parametrize(
    "planted",
    [
        "mallory@example.org",
        "first.last+tag@mail.example.co.uk",
        "zoë@bücher.example",
        "(555) 010-4477",
        "555-010-4477",
        "192.0.2.77",
        "2001:db8:85a3::8a2e:370:7334",
        "4111 1111 1111 1111",
        "4111111111111111",
        "5500-0000-0000-0004",
        "+49 170 1234567",
    ],
)
def test_addresses_and_numbers_of_people_leave_no_text(planted: str):
    text = _veil().text(f"({planted}), said twice: {planted}.", "note")
    assert planted not in text and text.count("px-") == 2


@pytest.mark.parametrize(
    "harmless",
    [
        "2026-05-01T08:30:00Z up to 2026-06-01 12:30:45 UTC",
        "version 1.10.2 of 0.5.5, 1,234,567 rows, 0.19457013574660634",
        "sha256 0f0e0d0c0b0a09080706050403020100",
        "12:30:45",
    ],
)
def test_times_versions_and_figures_stay(harmless: str):
    assert _veil().text(harmless, "note") == harmless


def test_parameters_that_name_somebody_leave_as_pseudonyms_and_unclassed_ones_not_at_all():
    declared = [
        Parameter("account_id", "varchar", "", privacy="P2"),
        Parameter("since", "timestamptz", "", privacy="P1"),
        Parameter("contact", "varchar", "", privacy="P3"),
        Parameter("other", "varchar", ""),
    ]
    veil = _veil()
    shown = veil.parameters(declared, {"account_id": "acc_7", "since": AS_OF, "contact": "c", "other": "o"})
    assert shown == {
        "account_id": veil.pseudonyms.of("acc_7"),
        "since": AS_OF,
        "contact": None,
        "other": None,
    }


def test_columns_are_classed_by_name_then_contract_then_pattern(project: Path):
    classes = read_classification(project)
    assert classes.of("account_id") == "P2"  # the contract
    assert classes.of("email_hmac") == "P3"
    assert classes.of("signal_id") == "P1"  # the seed
    assert classes.of("refused_count") == "P1"  # a pattern
    assert classes.of("whatever_id") == "P2"
    assert classes.of("pdq_hex") == "P4"
    assert classes.of("max_account_id") == "P2"  # of two patterns the strictest
    assert classes.of("mean_phone_hmac") == "P3"
    assert classes.of("something_new") == ""


def test_ten_thousand_names_are_looked_for_in_no_time():
    veil = _veil()
    veil.learn(f"acc_{number:07d}" for number in range(10_000))
    text = veil.text("seen: " + " ".join(f"acc_{number:07d}," for number in range(0, 20_000, 2)), "here")
    assert text.count("px-") == 5_000 and text.count("acc_") == 5_000
