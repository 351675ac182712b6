"""Reports: prose with numbered exhibits, the sources at the end, and how both are written down.

Prose is Markdown in which every value and every exhibit is a mark (`⟦3⟧` in private characters). Marks
are filled after the Markdown was read, so no data ever is Markdown, or Jinja, or HTML. Nothing here
knows the time of day: the same answers make the same bytes.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

import jinja2
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from scaup.answers import NUMERIC, Answer, json_text, markdown_text, no_rows, plain_text, to_json, visible
from scaup.cells import cell_html, cell_text, column_title, in_prose
from scaup.charts import Chart
from scaup.hypotheses import analyse, read_hypotheses
from scaup.judgments import FENCE, facts, judgments_in, read_judgment
from scaup.judgments import to_html as judgment_html
from scaup.judgments import to_markdown as judgment_markdown
from scaup.matrices import as_html, as_markdown
from scaup.paper import templates
from scaup.project import Question

MARK = re.compile("\ue000(\\d+)\ue001")
ACH = re.compile(r"^```ach[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
JSON_MARK = re.compile(r"\\ue000(\d+)\\ue001")
BLOCK = re.compile("<p>\ue000(\\d+)\ue001</p>")


@dataclass(frozen=True)
class Source:
    """One question as it was asked for this report, and its answer."""

    number: int
    question: Question
    answer: Answer

    @property
    def command(self) -> str:
        """The command that gives the rows again, all of them."""
        words = ["scaup", "ask", "--snapshot", self.answer.snapshot_id, self.question.name]
        for parameter in self.question.parameters:
            value = self.answer.parameters.get(parameter.name)
            for item in value if isinstance(value, list | tuple) else [value]:
                if item is not None:
                    words += [parameter.flag, plain_text(item)]
        return " ".join(shlex.quote(visible(word)) for word in words)

    @property
    def extent(self) -> str:
        """How many rows, from when to when, and how fresh: what stands below every exhibit."""
        answer = self.answer
        text = f"{answer.row_count:,} {'row' if answer.row_count == 1 else 'rows'}"
        if answer.cut_by:
            text += f", cut by {answer.cut_by}: there may be more"
        if answer.withheld:
            text += (
                f"; {answer.withheld:,} numbers withheld: small counts of people, and what would tell them"
            )
        since, until = answer.parameters.get("since"), answer.parameters.get("until")
        if since is not None and until is not None:
            text += f"; {window_text(since, until)}"
            if isinstance(until, datetime) and until >= answer.as_of:
                return text + ", where the data end"
        return text + f"; data to {in_prose(answer.as_of)}"


@dataclass(frozen=True)
class Figure:
    """One number set large: what it is, which column it comes from, and what it is out of."""

    label: str
    column: str
    value: object
    note: str = ""


@dataclass(frozen=True)
class Exhibit:
    """A table, a chart or a row of figures, with the source it comes from.

    A negative `row_limit` shows the last rows instead of the first.
    """

    number: int
    kind: str
    title: str
    source: Source
    columns: tuple[str, ...] = ()
    row_limit: int = 25
    chart: Chart | None = None
    figures: tuple[Figure, ...] = ()

    @property
    def places(self) -> list[int]:
        """Where the shown columns stand in the answer."""
        answer = self.source.answer
        return [answer.columns.index(name) for name in self.columns or answer.columns]

    @property
    def shown_rows(self) -> tuple[tuple[object, ...], ...]:
        rows = self.source.answer.rows
        return rows[: self.row_limit] if self.row_limit >= 0 else rows[self.row_limit :]

    @property
    def note(self) -> str:
        """What a reader of the exhibit must know: where it is from, and what of it is not shown."""
        text = self.source.extent
        hidden = self.source.answer.row_count - len(self.shown_rows)
        if self.kind != "figures" and hidden > 0:
            end = "first" if self.row_limit >= 0 else "last"
            text = f"The {end} {len(self.shown_rows):,} of {text}"
        return text


@dataclass(frozen=True)
class Report:
    """A finished argument. `prose` is Markdown with marks; `marks` are values and exhibits by place."""

    name: str
    title: str
    question: str
    facts: tuple[tuple[str, str], ...]
    prose: str
    marks: tuple[object, ...]
    exhibits: tuple[Exhibit, ...]
    sources: tuple[Source, ...]
    snapshot_id: str
    as_of: datetime
    pages: tuple[tuple[str, str], ...] = ()
    parameters: Mapping[str, object] = field(default_factory=dict)


def window_text(since: object, until: object) -> str:
    """A half-open window in words; both ends are UTC."""
    return f"{in_prose(since).removesuffix(' UTC')} up to {in_prose(until)}"


def mark(place: int) -> str:
    """The mark that stands in the prose for what is at that place."""
    return f"\ue000{place}\ue001"


def to_html(report: Report, board: str = "") -> str:
    """One self-contained page: nothing fetched, one script, and a content policy that says so. `board` is
    what stands above the prose: HTML of this package's making."""
    body, contents = _body(report)
    page = _pages().get_template("report.html")
    return page.render(report=report, body=Markup(body), contents=contents, board=Markup(board))


def to_page(title: str, question: str, body: str, said: tuple[tuple[str, str], ...] = ()) -> str:
    """A page of the same look without exhibits of questions; `body` is HTML of this package's making."""
    report = {"title": title, "question": question, "facts": said}
    return _pages().get_template("plain.html").render(report=report, body=Markup(body))


def to_markdown(report: Report) -> str:
    """The report as Markdown: tables are tables, charts are what they say in words."""
    text = FENCE.sub(lambda found: judgment_markdown(read_judgment(found.group(1))), report.prose)
    text = ACH.sub(lambda found: as_markdown(analyse(read_hypotheses(found.group(1)))), text)
    text = MARK.sub(lambda found: _mark_markdown(report, int(found.group(1))), text)
    facts = "".join(f"- {markdown_text(name)}: {markdown_text(value)}\n" for name, value in report.facts)
    sources = "".join(_source_markdown(source) for source in report.sources)
    head = f"# {report.title}\n\n{report.question}\n\n{facts}\n"
    return head + re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n\n## Sources\n\n" + sources


def to_json_document(report: Report) -> str:
    """The facts as JSON: what was asked, with all rows, and which exhibit shows what."""
    document = {
        "report": report.name,
        "title": report.title,
        "question": report.question,
        "snapshot_id": report.snapshot_id,
        "as_of": report.as_of,
        "parameters": dict(report.parameters),
        "facts": dict(report.facts),
        "exhibits": [
            {
                "exhibit": exhibit.number,
                "kind": exhibit.kind,
                "title": exhibit.title,
                "source": exhibit.source.number,
                "columns": list(exhibit.columns or exhibit.source.answer.columns),
                "figures": [
                    {"label": figure.label, "value": figure.value, "of": figure.note}
                    for figure in exhibit.figures
                ],
            }
            for exhibit in report.exhibits
        ],
    }
    judged = json_text([facts(found) for found in judgments_in(report.prose)])
    judged = JSON_MARK.sub(lambda found: json_text(in_prose(report.marks[int(found[1])]))[1:-1], judged)
    sources = ",\n".join(to_json(source.answer).strip() for source in report.sources)
    return json_text(document)[:-1] + f', "judgments": {judged}, "sources": [\n' + sources + "\n]}\n"


FORMATS: dict[str, Callable[[Report], str]] = {
    "html": to_html,
    "markdown": to_markdown,
    "json": to_json_document,
}


# ---- HTML ------------------------------------------------------------------------------------


def _body(report: Report) -> tuple[str, list[tuple[str, str]]]:
    """The prose as HTML with its marks filled, and its headings as (anchor, text)."""
    markdown = _markdown()
    tokens = markdown.parse(report.prose)
    contents: list[tuple[str, str]] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            anchor = f"part-{len(contents) + 1}"
            token.attrSet("id", anchor)
            contents.append((anchor, _heading(report, tokens[place + 1])))
    text = markdown.renderer.render(tokens, markdown.options, {})
    text = BLOCK.sub(lambda found: _block_html(report, int(found.group(1))), text)
    return MARK.sub(lambda found: _inline_html(report, int(found.group(1))), text), contents


def _heading(report: Report, inline: Token) -> str:
    return MARK.sub(lambda found: in_prose(report.marks[int(found.group(1))]), inline.content)


def _block_html(report: Report, place: int) -> str:
    found = report.marks[place]
    if isinstance(found, Exhibit):
        return _pages().get_template("exhibit.html").render(exhibit=found)
    return f"<p>{_inline_html(report, place)}</p>"


def _inline_html(report: Report, place: int) -> str:
    found = report.marks[place]
    if isinstance(found, Exhibit):
        return f'<a href="#exhibit-{found.number}">exhibit {found.number}</a>'
    return str(Markup.escape(visible(in_prose(found))))


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    """CommonMark with tables, judgments and competing hypotheses; no HTML, no images, no links."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.disable(["image", "autolink", "link"])
    markdown.add_render_rule("fence", _fence_html)
    return markdown


def _fence_html(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: object, env: object
) -> str:
    """A fenced block: a judgment, a table of competing hypotheses, or else code."""
    kind, text = tokens[place].info.strip(), tokens[place].content
    if kind == "judgment":
        return judgment_html(read_judgment(text))
    if kind == "ach":
        return as_html(analyse(read_hypotheses(text)))
    return f"<pre>{Markup.escape(text)}</pre>\n"


@lru_cache(maxsize=1)
def _pages() -> jinja2.Environment:
    """The templates of this package: HTML, where everything that is put in is escaped."""
    pages = templates()
    pages.filters |= {
        "cell": _cell,
        "column_title": column_title,
        "prose": in_prose,
        "svg": _svg,
        "exact": _exact,
    }
    pages.globals |= {"no_rows": no_rows, "parameter_text": _parameter_text, "set_as": _column_class}
    return pages


def _cell(value: object, name: str, kind: str) -> Markup:
    return cell_html(value, name, kind)


def _svg(drawn: str) -> Markup:
    """A chart's SVG, which this package drew: its text was escaped when it was drawn."""
    return Markup(drawn)


def _exact(value: object) -> Markup:
    """What a rounded number is sorted by."""
    if isinstance(value, float | Decimal) and math.isfinite(value):
        return Markup(' data-v="{}"').format(f"{float(value):.17g}")
    return Markup("")


def _column_class(kind: str) -> str:
    """How a column of that type is set."""
    if NUMERIC.fullmatch(kind):
        return "number"
    return "time" if kind.startswith(("DATE", "TIME")) else "text"


def _parameter_text(value: object) -> str:
    if value is None:
        return "not given"
    return visible(plain_text(value))


# ---- Markdown --------------------------------------------------------------------------------


def _mark_markdown(report: Report, place: int) -> str:
    found = report.marks[place]
    if not isinstance(found, Exhibit):
        return markdown_text(in_prose(found).strip())  # spaces at the front of an item would make it code
    head = f"**Exhibit {found.number}. {found.title}**\n\n"
    if found.kind == "chart" and found.chart:
        shown = markdown_text(found.chart.alternative) + "\n"
    elif found.kind == "figures":
        shown = "".join(
            f"- {figure.label}: {markdown_text(cell_text(figure.value, figure.column, ''))}"
            + (f" ({figure.note})" if figure.note else "")
            + "\n"
            for figure in found.figures
        )
    else:
        shown = _table_markdown(found)
    note = f"Source {found.source.number}, {found.source.question.name}: {found.note}."
    return head + shown + "\n" + note + "\n"


def _table_markdown(exhibit: Exhibit) -> str:
    answer, places = exhibit.source.answer, exhibit.places
    heads = " | ".join(markdown_text(column_title(answer.columns[place])) for place in places)
    rule = " | ".join("---:" if answer.is_number(place) else "---" for place in places)
    lines = [
        " | ".join(
            markdown_text(cell_text(row[place], answer.columns[place], answer.types[place]))
            for place in places
        )
        for row in exhibit.shown_rows
    ]
    return "".join(f"| {line} |\n" for line in [heads, rule, *lines])


def _source_markdown(source: Source) -> str:
    answer = source.answer
    lines = [
        f"{source.number}. **{source.question.name}**: {source.question.line}",
        f"   - {source.extent}",
        *(
            f"   - {name} = {markdown_text(_parameter_text(value))}"
            for name, value in answer.parameters.items()
        ),
        f"   - SQL sha256 {answer.sql_sha256}; result sha256 {answer.result_sha256}; "
        f"snapshot {answer.snapshot_id}",
        *(f"   - Caveat: {caveat}" for caveat in source.question.caveats),
    ]
    return "\n".join(lines) + "\n"
