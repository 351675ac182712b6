"""Every door through which data leaves, and the hostile strings that were planted as data.

`table()` plants all strings of the corpora as somebody's notes in a snapshot, takes them out through each
door, and counts per door and corpus how many came out as anything but themselves. A door's check returns
one verdict per string: True = shown or kept as data.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
from markdown_it import MarkdownIt
from test_values import ACTS, CORPORA, DATA, terminal_sequences

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
from scaup.charts import draw
from scaup.investigations import argue, read_investigation
from scaup.reports import to_html as report_html
from scaup.reports import to_json_document
from scaup.reports import to_markdown as report_markdown
from scaup.spreadsheets import to_xlsx
from scaup.terminal import on_terminal
from scaup.warehouse import Snapshot, connect

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
INVESTIGATION = """\
---
title: A door
question: What does a page make of data?
harm_type: none
subject: account_id
parameters:
  account_id: {type: varchar, entity: account, description: The account.}
---

## Notes of {{ account_id }}

{% set notes = ask("account_notes") %}
{{ notes.table("account_id", "note", title="Notes", rows=100000) }}

{{ chart("graph", notes, x="note", y="account_id", subject=account_id, rows=40) }}

{% for row in notes.rows %}
- {{ row.note }} **end** `code` [link](x)
{% endfor %}

## Benign explanations

None.

## What would change our mind?

Nothing.
"""


@cache
def strings() -> dict[str, list[str]]:
    """The corpora, each string once, by the first corpus that has it; only Unicode text."""
    seen: set[str] = set()
    found: dict[str, list[str]] = {}
    for name in (*CORPORA, "terminal-made"):
        if name == "terminal-made":
            texts = list(terminal_sequences())
        else:
            texts = [json.loads(line)["s"] for line in (DATA / f"{name}.jsonl").read_text().splitlines()]
        found[name] = [
            text
            for text in dict.fromkeys(texts)
            if text not in seen and not re.search("[\ud800-\udfff]", text)
        ]
        seen.update(found[name])
    return found


def planted() -> list[str]:
    """All of them, in the order of the corpora."""
    return [text for texts in strings().values() for text in texts]


@dataclass(frozen=True)
class Row:
    """One line of the table: how many strings of a corpus went through a door, and what was interpreted."""

    door: str
    corpus: str
    count: int
    interpreted: tuple[str, ...]


def table(answer: Answer, snapshot: Snapshot, folder: Path) -> list[Row]:
    """All doors by all corpora. `answer` holds the planted strings in the column `note`, in order."""
    rows = []
    for door, check in DOORS.items():
        verdicts = check(answer, snapshot, folder)
        assert len(verdicts) == len(planted()), door
        start = 0
        for corpus, texts in strings().items():
            part = verdicts[start : start + len(texts)]
            wrong = tuple(text for text, held in zip(texts, part, strict=True) if not held)
            rows.append(Row(door, corpus, len(texts), wrong))
            start += len(texts)
    return rows


def as_markdown(rows: Sequence[Row]) -> str:
    """The table for people: a door a line, a corpus a column, `interpreted of planted` in each cell."""
    corpora = list(dict.fromkeys(row.corpus for row in rows))
    cells = {(row.door, row.corpus): f"{len(row.interpreted)} of {row.count:,}" for row in rows}
    head = f"| door | {' | '.join(corpora)} |\n|---|{'---:|' * len(corpora)}\n"
    doors = dict.fromkeys(row.door for row in rows)
    return head + "".join(
        f"| {door} | {' | '.join(cells[door, corpus] for corpus in corpora)} |\n" for door in doors
    )


# ---- the doors -------------------------------------------------------------------------------


def _one(answer: Answer, text: str) -> Answer:
    place = answer.columns.index("note")
    return replace(answer, columns=("note",), types=(answer.types[place],), rows=((text,),))


def _terminal(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    shown = []
    for text in planted():
        screens = [on_terminal(_one(answer, text), 80, records=records).text for records in (False, True)]
        whole = screens[1].replace("\n      ", "").replace("\n", "")
        shown.append(not any(map(ACTS.search, screens)) and visible(text).strip()[:40].strip() in whole)
    return shown


def _csv(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    rows = list(csv.DictReader(io.StringIO(to_csv(answer), newline=""), strict=True))
    return [
        not FORMULA.match(row["note"])
        and not row["note"].strip().startswith(tuple("=+-@\t\r＝＋－＠"))
        and row["note"].removeprefix("'") == visible(text).removeprefix("'")
        and not ACTS.search(row["note"])
        for row, text in zip(rows, planted(), strict=True)
    ]


def _jsonl(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    lines = to_jsonl(answer).splitlines()
    return [
        line.isascii() and json.loads(line)["note"] == text
        for line, text in zip(lines, planted(), strict=True)
    ]


def _json(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    rows = json.loads(to_json(answer))["rows"]
    return [row["note"] == text for row, text in zip(rows, planted(), strict=True)]


def _parquet(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    path = folder / "answer.parquet"
    path.write_bytes(to_parquet(answer))
    with connect() as connection:
        rows = connection.execute("select note from read_parquet(?)", [str(path)]).fetchall()
    return [note == text for (note,), text in zip(rows, planted(), strict=True)]


def _xlsx(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(answer)))["rows"]
    place = answer.columns.index("note")
    cells = [line[place] for line in sheet.iter_rows(min_row=2)]
    # openpyxl takes any text with a leading `=` for a formula; the file itself says which cells are text.
    assert b"<f>" not in b"".join(_parts(to_xlsx(answer)))
    return [
        cell.hyperlink is None
        and (cell.value or "") == visible(text)
        and not ACTS.search(str(cell.value or ""))
        for cell, text in zip(cells, planted(), strict=True)
    ]


def _parts(workbook: bytes) -> list[bytes]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return [parts.read(name) for name in parts.namelist()]


class Page(HTMLParser):
    """The tags of a page, and the texts of its cells and items."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.acting: list[str] = []
        self.cells: list[str] = []
        self.items: list[str] = []
        self._open: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.acting += [name for name, _ in attrs if name.startswith("on") or name in ("src", "action")]
        self.acting += [
            str(value) for name, value in attrs if name == "href" and not str(value).startswith("#")
        ]
        if tag in ("td", "li"):
            self._open = self.cells if tag == "td" else self.items
            self._open.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "li"):
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open[-1] += data


ANSWER_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "h1",
    "h2",
    "div",
    "table",
    "thead",
    "tr",
    "th",
}
ANSWER_TAGS |= {"tbody", "td", "footer", "dl", "dt", "dd", "p"}


def _html(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    page = Page(to_html(answer))
    assert page.tags <= ANSWER_TAGS and not page.acting
    width, place = len(answer.columns), answer.columns.index("note")
    return [cell == visible(text) for cell, text in zip(page.cells[place::width], planted(), strict=True)]


def _markdown(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    rendered = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(to_markdown(answer))
    page = Page(rendered)
    assert page.tags == {"table", "thead", "tbody", "tr", "th", "td"}
    width, place = len(answer.columns), answer.columns.index("note")
    return [
        cell == visible(text).strip(" ")
        for cell, text in zip(page.cells[place::width], planted(), strict=True)
    ]


def _argued(snapshot: Snapshot, folder: Path) -> object:
    path = folder / "a_door.md"
    path.write_text(INVESTIGATION)
    return argue(read_investigation(path), {"account_id": planted()[0]}, snapshot)


REPORT_TAGS = ANSWER_TAGS | {
    "header",
    "nav",
    "ol",
    "ul",
    "li",
    "a",
    "main",
    "figure",
    "figcaption",
    "span",
    "svg",
}
REPORT_TAGS |= {
    "text",
    "line",
    "circle",
    "section",
    "strong",
    "code",
    "pre",
    "script",
    "details",
    "summary",
    "wbr",
    "footer",
}


def _report(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    page = Page(report_html(_argued(snapshot, folder)))
    assert page.tags <= REPORT_TAGS and not page.acting, (page.tags - REPORT_TAGS, page.acting[:3])
    return _shown_on(page)


def _shown_on(page: Page) -> list[bool]:
    """Whether each string stands in its cell, and in its sentence, as itself."""
    texts = planted()
    said = [item for item in page.items if item.endswith(" end code [link](x)")]
    cells = page.cells[1 : 2 * len(texts) : 2]
    return [
        cell.strip() in (visible(text).strip(), visible(text)[:12] + "…")
        and item.removesuffix(" end code [link](x)").strip() == visible(text).strip()
        for cell, item, text in zip(cells, said, texts, strict=True)
    ]


def _report_markdown(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    text = report_markdown(_argued(snapshot, folder))
    body = text[: text.index("## Benign")]
    page = Page(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(body))
    assert page.tags <= {"h1", "h2", "p", "ul", "li", "strong", "code", "a", *ANSWER_TAGS}, page.tags
    links = [href for href in page.acting if href != "x"]  # the prose's own
    assert not links, links[:3]
    said = [item for item in page.items if item.endswith(" end code link")]
    return [
        item.removesuffix(" end code link").strip() == " ".join(visible(text).strip().split("\n"))
        for item, text in zip(said, planted(), strict=True)
    ]


def _report_json(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    rows = json.loads(to_json_document(_argued(snapshot, folder)))["sources"][0]["rows"]
    return [row["note"] == text for row, text in zip(rows, planted(), strict=True)]


def _charts(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    """Every string as the name of a row; what comes out is text in a well-formed SVG."""
    from xml.etree import ElementTree

    verdicts: list[bool] = []
    for start in range(0, len(planted()), 400):
        part = planted()[start : start + 400]
        rows = [{"name": text, "kind": "asn", "count": 1} for text in part]
        svg = draw("heatmap", rows, x="kind", y="name", value="count").svg
        titles = [
            element.text or ""
            for element in ElementTree.fromstring(svg).iter()
            if element.tag.endswith("title")
        ]
        shown = dict.fromkeys(visible(text) for text in part)
        held = len(titles) == len(shown) and not ACTS.search("".join(titles).replace("\n", ""))
        verdicts += [held and f"{visible(text)} asn: " in "\n".join(titles) for text in part]
    return verdicts


def browse(path: Path, profile: Path) -> tuple[str, list[str], set[str]]:
    """A page in a real browser: its DOM afterwards, what it said on its console, which hosts it asked for."""
    profile.mkdir(parents=True, exist_ok=True)
    log = profile / "net.json"
    done = subprocess.run(
        [
            *(
                str(BROWSER),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--dump-dom"),
            *(f"--user-data-dir={profile}", f"--log-net-log={log}", path.as_uri()),
        ],
        capture_output=True,
        text=True,
        errors="replace",
        check=True,
        timeout=300,
    )
    hosts = set(re.findall(r'"url":"https?://([^/"]+)', log.read_text(errors="replace")))
    own = re.compile(r"(.*\.)?(google|googleapis|gstatic|chromium)\.(com|org)")  # the browser's errands
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, console, {host for host in hosts if not own.fullmatch(host)}


def _browser(answer: Answer, snapshot: Snapshot, folder: Path) -> list[bool]:
    """The report in a browser: silent, alone, and in its DOM every string is text."""
    path = folder / "report.html"
    path.write_text(report_html(_argued(snapshot, folder)), encoding="utf-8")
    dom, console, hosts = browse(path, folder / "profile")
    assert (console, hosts) == ([], set()), (console[:3], hosts)
    page = Page(dom)
    assert page.tags <= REPORT_TAGS and not page.acting, (page.tags - REPORT_TAGS, page.acting[:3])
    return _shown_on(page)


DOORS: dict[str, Callable[[Answer, Snapshot, Path], list[bool]]] = {
    "terminal": _terminal,
    "CSV for people": _csv,
    "JSON Lines": _jsonl,
    "JSON": _json,
    "Parquet": _parquet,
    "XLSX": _xlsx,
    "Markdown": _markdown,
    "HTML": _html,
    "report, HTML": _report,
    "report, Markdown": _report_markdown,
    "report, JSON of the facts": _report_json,
    "charts, SVG": _charts,
}
if BROWSER:  # without one, the parser above has checked the same page
    DOORS["report in a browser"] = _browser
