"""Investigations: files that argue, and reports in which data never acts."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tiny_snapshot import tiny_snapshot

from scaup.errors import UsageError
from scaup.home import find_project
from scaup.investigations import (
    Investigation,
    UnfitInvestigation,
    UnknownInvestigation,
    argue,
    file_stem,
    find_investigation,
    find_investigations,
    read_investigation,
)
from scaup.parameters import BadValue, MissingParameter, UnknownParameter
from scaup.project import UnknownQuestion
from scaup.reports import to_html, to_json_document, to_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "</figure></main><img src=x onerror=alert(1)>",
    "**bold** [link](javascript:alert(1)) `code` # head",
    "{{ 7 * 7 }}{% raw %}",
    "\ue0000\ue001 and \ue00099\ue001",
    "a|b\n\n# Heading\n- item",
    "\x1b[31mred \u202eright to left",
    "&lt;b&gt; &#x3c;",
]
FRONT = """\
---
title: A try
question: Does it hold?
harm_type: none
subject: account_id
parameters:
  account_id: {type: varchar, entity: account, description: The account.}
  since: {type: timestamptz, default: -28d, description: Start.}
  until: {type: timestamptz, default: now, description: End.}
---
"""
END = "\n\n## Benign explanations\n\nNone.\n\n## What would change our mind?\n\nMuch.\n"


class Seen(HTMLParser):
    """The tags and the text of a page, as a browser would have them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def snapshot(tmp_path):
    return tiny_snapshot(tmp_path / "home", HOSTILE)


@pytest.fixture
def written(tmp_path):
    """A function that writes an investigation with this prose and reads it."""

    def write(prose: str, front: str = FRONT, end: str = END) -> Investigation:
        path = tmp_path / "a_try.md"
        path.write_text(front + prose + end, encoding="utf-8")
        return read_investigation(path)

    return write


ACCOUNT = {"account_id": "acc_1"}


def test_the_investigations_parameters_flow_into_the_question_of_the_same_name(written, snapshot):
    report = argue(written("## Rows\n\n{{ ask('account_activity') }}"), ACCOUNT | {"since": "-7d"}, snapshot)
    (source,) = report.sources
    assert source.answer.parameters["account_id"] == "acc_1"
    assert source.answer.parameters["since"].isoformat() == "2026-05-25T00:00:00+00:00"
    assert report.exhibits[0].source is source


def test_what_is_said_in_the_call_wins_over_what_flows(written, snapshot):
    prose = "## Rows\n\n{{ ask('account_activity', account_id='acc_2', limit=3) }}"
    (source,) = argue(written(prose), ACCOUNT, snapshot).sources
    assert source.answer.parameters["account_id"] == "acc_2"
    assert "cut by --limit 3: there may be more" in source.extent


def test_one_question_with_the_same_parameters_is_one_source_and_exhibits_are_numbered_as_shown(
    written, snapshot
):
    prose = (
        "## Rows\n\n{% set later = ask('account_activity') %}{{ ask('account_notes') }}\n\n{{ later }}\n\n"
        "{{ chart('line', ask('account_activity'), x='activity_date', y='request_count') }}"
    )
    report = argue(written(prose), ACCOUNT, snapshot)
    assert [source.question.name for source in report.sources] == ["account_activity", "account_notes"]
    assert [(exhibit.number, exhibit.kind, exhibit.source.number) for exhibit in report.exhibits] == [
        (1, "table", 2),
        (2, "table", 1),
        (3, "chart", 1),
    ]


def test_an_empty_answer_gives_its_words_and_says_when_there_was_no_data(written, snapshot):
    prose = (
        "## Rows\n\n{% set notes = ask('account_notes', contains='nowhere to be found') %}"
        "{{ notes or notes.nothing }} {{ chart('line', notes, x='a', y='b') or 'No chart.' }}"
    )
    text = to_markdown(argue(written(prose), ACCOUNT, snapshot))
    assert "No data" in text
    assert "logins" in text
    assert "No chart." in text
    assert "Exhibit" not in text


def test_hostile_data_shows_and_does_not_act_in_html(written, snapshot):
    prose = (
        "## Notes of {{ account_id }}\n\n{% set notes = ask('account_notes') %}{{ notes }}\n\n"
        "{% for row in notes.rows %}\nNote: {{ row.note }} **end**\n\n{% endfor %}"
        "{{ chart('bar', notes, x='note', y='account_id') }}"
    )
    given = {"account_id": HOSTILE[1]}
    page = to_html(argue(written(prose), given, snapshot, purpose=HOSTILE[0]))
    seen = Seen(page)
    assert seen.tags.count("script") == 1  # our own, which sorts
    assert "img" not in seen.tags
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name in ("style", "src")]
    links = {value for name, value in seen.attributes if name == "href"}
    assert all(link is not None and link.startswith("#") for link in links)
    assert "49" not in re.sub(r"[0-9a-f]{12,}", "", seen.text)
    for text in (HOSTILE[0], HOSTILE[2], HOSTILE[3], HOSTILE[7]):
        assert text in seen.text
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "\\x1b[31mred" in seen.text


def test_hostile_data_is_no_markdown(written, snapshot):
    text = to_markdown(argue(written("## Notes\n\n{{ ask('account_notes') }}"), ACCOUNT, snapshot))
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in [*tokens, *inline]}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "code_inline", "fence"}
    assert [t.content for t in tokens if t.type == "inline" and t.map and "Heading" in t.content] == [
        next(t.content for t in tokens if t.type == "inline" and "Heading" in t.content)
    ]


def test_prose_cannot_reach_beyond_its_words(written, snapshot):
    for prose in (
        "{{ ask.__globals__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{% include 'x' %}",
        "{{ unknown }}",
    ):
        with pytest.raises(UnfitInvestigation, match="a_try"):
            argue(written(prose), ACCOUNT, snapshot)


def test_a_page_has_a_strict_policy_and_fetches_nothing(written, snapshot):
    page = to_html(argue(written("## Rows\n\n{{ ask('account_activity') }}"), ACCOUNT, snapshot))
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert "default-src &#39;none&#39;" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"(?:https?:)?//(?!www\.w3\.org)[a-z]", page)


def test_the_same_question_at_the_same_snapshot_makes_the_same_bytes(written, snapshot):
    prose = "## Rows\n\n{{ ask('account_activity') }}{{ ask('account_notes') }}"
    investigation = written(prose)
    for write in (to_html, to_markdown, to_json_document):
        first, second = (write(argue(investigation, ACCOUNT, snapshot)) for _ in range(2))
        assert first == second


def test_the_json_holds_the_facts_and_all_rows(written, snapshot):
    report = argue(written("## Rows\n\n{{ ask('account_notes').table('note', rows=2) }}"), ACCOUNT, snapshot)
    facts = json.loads(to_json_document(report))
    assert facts["facts"]["Subject"] == "acc_1"
    assert facts["exhibits"][0]["columns"] == ["note"]
    assert [row["note"] for row in facts["sources"][0]["rows"]] == HOSTILE


def test_a_table_says_how_many_rows_it_does_not_show(written, snapshot):
    report = argue(written("## Rows\n\n{{ ask('account_notes').table('note', rows=2) }}"), ACCOUNT, snapshot)
    assert report.exhibits[0].note.startswith("The first 2 of 8 rows")


def test_the_sources_command_gives_the_rows_again(written, snapshot):
    (source,) = argue(written("{{ ask('account_activity') }}"), {"account_id": "a 'b'"}, snapshot).sources
    assert source.command == (
        """scaup ask --snapshot tiny account_activity --account-id 'a '"'"'b'"'"'' """
        "--since 2026-05-04T00:00:00Z --until 2026-06-01T00:00:00.000001Z --limit 500"
    )


def test_parameters_are_read_as_a_questions_are(written, snapshot):
    investigation = written("{{ account_id }}")
    with pytest.raises(MissingParameter, match="scaup investigate a_try --account-id"):
        argue(investigation, {}, snapshot)
    with pytest.raises(UnknownParameter, match="Did you mean 'account_id'"):
        argue(investigation, {"acount_id": "x"}, snapshot)
    with pytest.raises(BadValue, match="--since"):
        argue(investigation, ACCOUNT | {"since": "yesterdayish"}, snapshot)


def test_an_unknown_question_or_column_in_prose_names_the_nearest(written, snapshot):
    with pytest.raises(UnknownQuestion, match="Did you mean 'account_activity'"):
        argue(written("{{ ask('acount_activity') }}"), ACCOUNT, snapshot)
    with pytest.raises(UsageError, match="Did you mean 'request_count'"):
        argue(written("{{ ask('account_activity').table('request_counts') }}"), ACCOUNT, snapshot)


@pytest.mark.parametrize(
    ("front", "end", "words"),
    [
        ("no front matter", END, "does not begin with front matter"),
        (FRONT.replace("title: A try\n", ""), END, "says no title"),
        (FRONT.replace("subject: account_id", "subject: acount_id"), END, "no parameter of it"),
        (FRONT, END.replace("## Benign", "## Bening"), "no part `## Benign explanations`"),
        (FRONT, END.replace("## What would", "## What could"), "no part `## What would change our mind\\?`"),
    ],
)
def test_a_file_that_lacks_what_each_must_have_is_named(written, front, end, words):
    with pytest.raises(UnfitInvestigation, match=words):
        written("prose", front, end)


def test_an_unknown_investigation_names_the_nearest():
    with pytest.raises(UnknownInvestigation, match="Did you mean 'account_triage'"):
        find_investigation("acount_triage", find_project() / "investigations")
    with pytest.raises(UnknownInvestigation):
        find_investigation("../../etc/passwd", find_project() / "investigations")


def test_every_investigation_in_the_checkout_can_be_read():
    known = find_investigations(find_project() / "investigations")
    assert {"suspected_distillation", "sextortion_pattern", "account_triage"} <= known.keys()
    for path in known.values():
        assert read_investigation(path).question.endswith("?")


def test_a_reports_file_is_named_for_what_it_is_about(written, snapshot):
    report = argue(written("x"), {"account_id": "../../a b/c"}, snapshot)
    assert file_stem(report, {"account_id": "../../a b/c"}) == "a_try-a-b-c"
    assert file_stem(report, {}) == "a_try"
    assert Path(file_stem(report, {"account_id": "x" * 500})).name == "a_try-" + "x" * 40
