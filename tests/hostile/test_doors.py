"""No hostile string that was planted as data is interpreted at any door: a table of doors by corpora."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from doors import BROWSER, DOORS, Row, as_markdown, browse, planted, strings, table
from tiny_snapshot import tiny_snapshot

from scaup.answers import to_html
from scaup.questions import ask


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    folder = tmp_path_factory.mktemp("doors")
    snapshot = tiny_snapshot(folder / "home", notes=planted())
    answer = ask(snapshot.catalogue.question("account_notes"), {}, snapshot)
    return table(answer, snapshot, folder)


def test_all_corpora_are_planted() -> None:
    assert len(planted()) > 5000 and set(strings()) >= {"xss", "formula", "terminal", "sqli", "ssti", "shell"}


@pytest.mark.parametrize("door", DOORS)
def test_no_string_is_interpreted(
    rows: list[Row], door: str, record_property: Callable[[str, int], None]
) -> None:
    record_property("strings_tried", sum(row.count for row in rows if row.door == door))
    record_property("interpreted", sum(len(row.interpreted) for row in rows if row.door == door))
    assert {row.corpus: row.interpreted[:3] for row in rows if row.door == door and row.interpreted} == {}
    assert sum(row.count for row in rows if row.door == door) == len(planted())


def test_the_table_has_a_line_for_every_door(rows: list[Row]) -> None:
    lines = as_markdown(rows).splitlines()
    assert len(lines) == 2 + len(DOORS) and all("0 of " in line for line in lines[2:])


if BROWSER:

    def test_an_answers_page_is_silent_in_a_browser_too(tmp_path: Path) -> None:
        snapshot = tiny_snapshot(tmp_path / "home", notes=planted())
        path = tmp_path / "answer.html"
        path.write_text(to_html(ask(snapshot.catalogue.question("account_notes"), {}, snapshot)))
        _, console, hosts = browse(path, tmp_path / "profile")
        assert (console, hosts) == ([], set())
