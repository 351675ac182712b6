"""Hostile strings as values of parameters and as data in answers: always data, never instructions.

The corpora are in tests/hostile/data (SOURCES.md); terminal sequences are made here as well, because the
handed ones are few.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from tiny_snapshot import tiny_snapshot

from scaup.answers import (
    FORMULA,
    Answer,
    to_csv,
    to_html,
    to_json,
    to_jsonl,
    to_markdown,
    to_parquet,
    visible,
)
from scaup.questions import ask
from scaup.terminal import on_terminal
from scaup.warehouse import Snapshot, connect

DATA = Path(__file__).parent / "data"
CORPORA = ("formula", "naughty", "path", "shell", "sqli-benign", "sqli", "ssti", "terminal", "xss")
ACTS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


def terminal_sequences() -> Iterator[str]:
    """Every control character, and the sequences that titles, links, clipboards and cursors hang on."""
    for code in (*range(0x00, 0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A)):
        yield f"before{chr(code)}after"
    for introducer in ("\x1b[", "\x9b"):
        yield from (introducer + tail for tail in ("2J", "31m", "1;1H", "6n", "?1049h", "8m", "20C", "5i"))
    for introducer in ("\x1b]", "\x9d"):
        for end in ("\x07", "\x1b\\", "\x9c"):
            yield f"{introducer}0;title{end}"
            yield f"{introducer}8;;https://example.com{end}text{introducer}8;;{end}"
            yield f"{introducer}52;c;cm0gLXJmIC8={end}"
    yield from (
        "\x1bPq#0;2;0;0;0\x1b\\",
        "\x1b_G\x1b\\",
        "\x1bc",
        "a\rb",
        "a\x08b",
        "[bold]x[/bold]",
        "[link=x]y[/link]",
    )
    yield from ("\u202etxt.exe", "a\u200bb", "\ufeff=1+1", "\U000e0041", " =1+1", "\t=1+1", "\n=1+1", "＝1+1")


def hostile_strings() -> list[str]:
    """All strings of the corpora that are Unicode text, each once, in order."""
    lines = [line for name in CORPORA for line in (DATA / f"{name}.jsonl").read_text().splitlines()]
    strings = [json.loads(line)["s"] for line in lines] + list(terminal_sequences())
    return [
        text for text in dict.fromkeys(strings) if text.isascii() or not re.search("[\ud800-\udfff]", text)
    ]


STRINGS = hostile_strings()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A snapshot in which every hostile string is somebody's note."""
    return tiny_snapshot(tmp_path_factory.mktemp("values") / "home", notes=STRINGS)


@pytest.fixture(scope="module")
def answer(snapshot: Snapshot) -> Answer:
    return ask(snapshot.catalogue.question("account_notes"), {}, snapshot)


def test_the_corpora_are_all_there() -> None:
    assert len(STRINGS) > 5000


def test_no_value_changes_what_a_question_means(snapshot: Snapshot) -> None:
    question = snapshot.catalogue.question("account_activity")
    absent = ask(question, {"account_id": "nobody"}, snapshot)
    assert absent.rows == ()
    changed = [
        text
        for text in STRINGS
        if ask(question, {"account_id": text}, snapshot).result_sha256 != absent.result_sha256
    ]
    assert changed == []


def test_no_value_in_a_list_changes_what_a_question_means(snapshot: Snapshot) -> None:
    question = snapshot.catalogue.question("account_picks")
    known = ask(question, {"account_ids": ["acc_1"]}, snapshot)
    assert len(known.rows) == 1
    for start in range(0, len(STRINGS), 4):
        some = ["acc_1", *STRINGS[start : start + 4]]
        assert ask(question, {"account_ids": some}, snapshot).rows == known.rows, some


def test_a_value_is_searched_for_as_it_is(snapshot: Snapshot) -> None:
    question = snapshot.catalogue.question("account_notes")
    for text in STRINGS[::25]:
        found = [note for _, note in ask(question, {"contains": text}, snapshot).rows]
        assert found == [note for note in STRINGS if text in note], text


def test_data_comes_back_as_it_went_in(answer: Answer) -> None:
    assert [note for _, note in answer.rows] == STRINGS


def test_a_terminal_shows_every_character_and_obeys_none(answer: Answer) -> None:
    for records in (False, True):
        for color in (False, True):
            screen = on_terminal(answer, 80, records=records, color=color).text
            text = re.sub("\x1b\\[[0-9;]*m", "", screen) if color else screen
            assert ACTS.search(text) is None
    assert set(re.findall("\x1b[^m]*m", screen)) == {"\x1b[1m", "\x1b[0m"}  # the names of columns
    assert "[bold]x[/bold]" in screen


def test_csv_for_people_holds_no_formula_and_one_row_a_line(answer: Answer) -> None:
    text = to_csv(answer)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len(rows) == len(STRINGS) + 1 == text.count("\r\n")
    for (_, cell), original in zip(rows[1:], STRINGS, strict=True):
        assert cell.removeprefix("'") == visible(original).removeprefix("'")
        assert not FORMULA.match(cell)
        assert cell.strip()[:1] not in tuple("=+-@\t\r＝＋－＠")
        assert ACTS.search(cell) is None


def test_raw_csv_is_unaltered(answer: Answer) -> None:
    rows = list(csv.reader(io.StringIO(to_csv(answer, raw=True), newline=""), strict=True))
    assert [cell for _, cell in rows[1:]] == STRINGS


def test_json_and_parquet_are_unaltered(answer: Answer, tmp_path: Path) -> None:
    lines = to_jsonl(answer)
    assert lines.isascii() and [json.loads(line)["note"] for line in lines.splitlines()] == STRINGS
    document = to_json(answer)
    assert document.isascii() and [row["note"] for row in json.loads(document)["rows"]] == STRINGS
    path = tmp_path / "answer.parquet"
    path.write_bytes(to_parquet(answer))
    with connect() as connection:
        stored = connection.execute("select note from read_parquet(?)", [str(path)]).fetchall()
    assert [note for (note,) in stored] == STRINGS


class Page(HTMLParser):
    """What a browser would see: every tag with its attributes, and the text of each cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.cells: list[str] = []
        self.is_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        if tag == "td":
            self.is_cell = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self.is_cell = self.is_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self.is_cell:
            self.cells[-1] += data


def test_html_takes_nothing_for_markup(answer: Answer) -> None:
    page = Page()
    page.feed(to_html(answer))
    assert page.cells[1::2] == [visible(text) for text in STRINGS]
    own = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "div", "table", "thead", "tr", "th"}
    own |= {"tbody", "td", "footer", "dl", "dt", "dd", "p"}
    assert {tag for tag, _ in page.tags} <= own
    assert {name for _, names in page.tags for name in names} <= {
        *("lang", "charset", "http-equiv", "content", "name", "class", "scope", "title")
    }


def test_html_values_of_parameters_take_part_in_no_markup(snapshot: Snapshot) -> None:
    question = snapshot.catalogue.question("account_activity")
    for text in STRINGS[::40]:
        page = Page()
        page.feed(to_html(ask(question, {"account_id": text}, snapshot)))
        assert len(page.tags) < 60 and "script" not in {tag for tag, _ in page.tags}


def test_markdown_takes_nothing_for_markup(answer: Answer) -> None:
    rendered = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(to_markdown(answer))
    page = Page()
    page.feed(rendered)
    assert {tag for tag, _ in page.tags} == {"table", "thead", "tbody", "tr", "th", "td"}
    assert page.cells[1::2] == [" ".join(visible(text).strip(" ").split("\n")) for text in STRINGS]


def test_hostile_names_of_columns_are_data_too() -> None:
    names = tuple(STRINGS[::200])
    odd = Answer(
        name="sql",
        columns=names,
        types=("VARCHAR",) * len(names),
        rows=(names,),
        sql_sha256="0" * 64,
        parameters={},
        snapshot_id="s",
        as_of=datetime(2026, 6, 1),
        elapsed_ms=1,
    )
    assert ACTS.search(on_terminal(odd, 80).text) is None
    assert {tag for tag, _ in _parsed(to_html(odd)).tags} & {"script", "img", "a", "svg", "iframe"} == set()
    head = next(csv.reader(io.StringIO(to_csv(odd), newline="")))
    assert not any(FORMULA.match(name) for name in head)


def _parsed(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page
