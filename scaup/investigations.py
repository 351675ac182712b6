"""Investigations: Markdown that asks questions, and the report that it becomes.

A file in `investigations/` has front matter (title, question, harm_type, subject, parameters like a
question's) and prose. The prose is Jinja, in a sandbox, with four words: `ask`, `chart`, `figures`
and the parameters' names. It holds no SQL, and no value is ever put into its text: see `scaup.reports`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scaup.answers import Answer, no_rows, plain_text, visible
from scaup.cells import in_prose, percent
from scaup.charts import draw
from scaup.errors import ScaupError, UsageError, nearest
from scaup.judgments import UnfitJudgment, judgments_in
from scaup.parameters import bind
from scaup.project import Parameter, Question
from scaup.questions import ask as ask_question
from scaup.reports import Exhibit, Figure, Report, Source, mark, window_text
from scaup.warehouse import Snapshot

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # safe, and in C where libyaml is there
MANDATORY = ("Benign explanations", "What would change our mind?")


class UnknownInvestigation(UsageError):
    """No file in investigations/ has this name."""


class UnfitInvestigation(ScaupError):
    """An investigation's file does not have what every investigation must have."""


class Declaration(Question):
    """An investigation's parameters, in the shape of a question's."""

    @property
    def call(self) -> str:
        return f"scaup investigate {self.name}"


@dataclass(frozen=True)
class Investigation:
    """One file: what it argues about, what it needs to know, and its prose."""

    name: str
    title: str
    question: str
    harm_type: str
    subject: str | None
    parameters: tuple[Parameter, ...]
    prose: str
    version: int = 1

    @property
    def declaration(self) -> Question:
        """Its parameters in the shape of a question's, for reading values the same way."""
        return Declaration(self.name, self.question, "", "", parameters=self.parameters)


def find_investigations(folder: Path) -> dict[str, Path]:
    """The files of the folder, by name."""
    return {path.stem: path for path in sorted(folder.glob("*.md")) if NAME.fullmatch(path.stem)}


def find_investigation(name: str, folder: Path) -> Investigation:
    """The investigation of that name. Raises UnknownInvestigation with the nearest one."""
    known = find_investigations(folder)
    if name not in known:
        raise UnknownInvestigation(
            f"No investigation named {visible(name)!r}.{nearest(name, known)} "
            f"`scaup investigations` lists all {len(known)}."
        )
    return read_investigation(known[name])


def read_investigation(path: Path, mandatory: Sequence[str] = MANDATORY) -> Investigation:
    """Read one file. Raises UnfitInvestigation when its front matter or a mandatory part is missing."""
    found = FRONT.match(path.read_text(encoding="utf-8"))
    if not found:
        raise UnfitInvestigation(f"{path.name} does not begin with front matter between two lines `---`.")
    front = yaml.load(found.group(1), Loader=LOADER)
    if not isinstance(front, dict):
        raise UnfitInvestigation(f"The front matter of {path.name} is not a list of names and values.")
    for key in ("title", "question", "harm_type"):
        if not front.get(key):
            raise UnfitInvestigation(f"{path.name} says no {key}: write it into the front matter.")
    parts = re.findall(r"^## (.+)$", found.group(2), re.MULTILINE)
    for part in mandatory:
        if part not in parts:
            raise UnfitInvestigation(f"{path.name} has no part `## {part}`: every investigation has one.")
    declared = tuple(_parameter(name, given) for name, given in (front.get("parameters") or {}).items())
    subject = front.get("subject")
    if subject and subject not in [parameter.name for parameter in declared]:
        raise UnfitInvestigation(f"The subject of {path.name} is {subject!r}, which is no parameter of it.")
    return Investigation(
        name=path.stem,
        title=front["title"],
        question=" ".join(front["question"].split()),
        harm_type=front["harm_type"],
        subject=subject,
        parameters=declared,
        prose=found.group(2),
        version=int(front.get("version") or 1),
    )


def _parameter(name: str, given: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=name,
        type=given["type"],
        description=given.get("description", ""),
        required="default" not in given,
        default=given.get("default"),
        minimum=given.get("minimum"),
        maximum=given.get("maximum"),
        values=tuple(str(value) for value in given.get("values", ())),
        entity=given.get("entity"),
    )


def argue(
    investigation: Investigation,
    given: Mapping[str, object],
    snapshot: Snapshot,
    *,
    purpose: str = "",
    pages: tuple[tuple[str, str], ...] = (),
    judgments: str = "",
) -> Report:
    """Ask what the investigation asks, and set its answers into its prose.

    `judgments` is an analyst's Markdown, with blocks as in `scaup.judgments`; it comes first. Raises what
    binding and asking raise, UnfitJudgment, and UnfitInvestigation when the prose itself is at fault.
    """
    values = bind(investigation.declaration, given, snapshot.as_of)
    desk = Desk(snapshot, values)
    words: dict[str, Any] = {"ask": desk.ask, "chart": desk.chart, "figures": desk.figures, **values}
    try:
        prose = _prose(desk).from_string(investigation.prose).render(words)
    except jinja2.TemplateError as error:
        line = f", line {error.lineno}" if isinstance(error, jinja2.TemplateSyntaxError) else ""
        raise UnfitInvestigation(f"The prose of {investigation.name}{line}: {error}.") from error
    return Report(
        name=investigation.name,
        title=investigation.title,
        question=investigation.question,
        facts=_facts(investigation, values, snapshot, purpose),
        prose=_with_judgments(judgments, len(desk.exhibits), len(desk.sources)) + prose,
        marks=tuple(desk.marks),
        exhibits=tuple(desk.exhibits),
        sources=tuple(desk.sources),
        snapshot_id=snapshot.id,
        as_of=snapshot.as_of,
        pages=pages,
        parameters=values,
    )


def _with_judgments(text: str, exhibits: int, sources: int) -> str:
    """An analyst's part of the report. Raises UnfitJudgment when it cites what the report does not have."""
    if not text.strip():
        return ""
    plain = re.sub("[\ue000\ue001]", "", text.replace("\r\n", "\n"))
    for found in judgments_in(plain):
        for cited in found.basis:
            kind, _, number = (cited.anchor or "").partition("-")
            most = {"exhibit": exhibits, "source": sources}.get(kind)
            if most is not None and not 1 <= int(number) <= most:
                raise UnfitJudgment(
                    f"The judgment {found.statement[:60]!r} cites {cited.what}; "
                    f"this report has {kind}s 1 to {most}."
                )
    return f"## Judgments\n\n{plain.strip()}\n\n"


def _facts(
    investigation: Investigation, values: Mapping[str, object], snapshot: Snapshot, purpose: str
) -> tuple[tuple[str, str], ...]:
    facts = []
    if investigation.subject:
        subject = values[investigation.subject]
        facts.append(("Subject", "not named" if subject is None else in_prose(subject)))
    if "since" in values and "until" in values:
        facts.append(("Window", window_text(values["since"], values["until"])))
    facts += [
        ("Data to", in_prose(snapshot.as_of)),
        ("Snapshot", snapshot.id),
        ("Purpose", visible(purpose) if purpose else "not stated"),
    ]
    if investigation.harm_type != "none":
        facts.append(("Harm", investigation.harm_type.replace("_", " ")))
    return tuple(facts)


def _prose(desk: Desk) -> ImmutableSandboxedEnvironment:
    """The sandbox in which prose is read; whatever it would print becomes a mark."""

    @jinja2.pass_context  # keeps Jinja from printing constants while it compiles
    def finalize(context: jinja2.runtime.Context, value: object) -> str:
        return desk.mark(value)

    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.DictLoader({}),  # no file can be included
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    return environment


class Desk:
    """Where one report is written: the questions asked so far, and what was put into the prose."""

    def __init__(self, snapshot: Snapshot, values: Mapping[str, object]) -> None:
        self.snapshot = snapshot
        self.values = values
        self.marks: list[object] = []
        self.exhibits: list[Exhibit] = []
        self.sources: list[Source] = []

    def ask(self, name: str, **given: object) -> Asked:
        """Ask a question. The report's parameters flow into the question's of the same name."""
        question = self.snapshot.catalogue.question(name)
        flowing = {key: value for key, value in self.values.items() if question.parameter(key)}
        answer = ask_question(question, flowing | given, self.snapshot)
        for source in self.sources:
            if source.question is question and source.answer.parameters == answer.parameters:
                return Asked(self, source)
        self.sources.append(Source(len(self.sources) + 1, question, answer))
        return Asked(self, self.sources[-1])

    def chart(self, kind: str, asked: Asked, *, x: str, y: Any, title: str = "", **options: Any) -> object:
        """A chart of an answer; nothing when the answer has no rows."""
        if not asked:
            return None
        rows = asked.rows[: options.pop("rows", None)]
        drawn = draw(kind, rows, x=x, y=y, **options)
        given = [x, *([y] if isinstance(y, str) else y), *options.values()]
        drawn_from = tuple(name for name in asked.source.answer.columns if name in given)
        return Draft("chart", title or asked.source.question.line, asked.source, drawn_from, len(rows), drawn)

    def figures(self, asked: Asked, *figures: Sequence[Any], title: str = "") -> object:
        """Figures of an answer's first row: (label, column, what it is out of), each large."""
        if not asked:
            return None
        found = tuple(Figure(label, column, asked.first[column], note) for label, column, note in figures)
        heading = title or asked.source.question.line
        return Draft("figures", heading, asked.source, (), 1, None, found)

    def mark(self, value: object) -> str:
        """The mark that stands for a value in the prose; an exhibit gets its number here."""
        if value is None or value == "":
            return ""
        if isinstance(value, Asked):
            value = value.table()
        if isinstance(value, Draft):
            return self._show(value)
        self.marks.append(value)
        return mark(len(self.marks) - 1)

    def _show(self, draft: Draft) -> str:
        exhibit = Exhibit(
            len(self.exhibits) + 1,
            draft.kind,
            draft.title,
            draft.source,
            draft.columns,
            draft.row_limit,
            draft.chart,
            draft.figures,
        )
        self.exhibits.append(exhibit)
        self.marks.append(exhibit)
        return f"\n\n{mark(len(self.marks) - 1)}\n\n"


@dataclass(frozen=True)
class Draft:
    """An exhibit that was made but not shown yet, and so has no number."""

    kind: str
    title: str
    source: Source
    columns: tuple[str, ...]
    row_limit: int
    chart: Any = None
    figures: tuple[Figure, ...] = ()


class Asked:
    """An answer as prose has it: true when it has rows, a table when it is printed."""

    def __init__(self, desk: Desk, source: Source) -> None:
        self._desk = desk
        self.source = source

    def __bool__(self) -> bool:
        return bool(self._answer)

    @property
    def _answer(self) -> Answer:
        return self.source.answer

    @property
    def rows(self) -> list[dict[str, object]]:
        """All rows, as dictionaries."""
        return list(self._answer.records())

    @property
    def first(self) -> dict[str, object]:
        """The first row; every column unknown when there is none."""
        return next(iter(self._answer.records()), dict.fromkeys(self._answer.columns))

    @property
    def count(self) -> int:
        """How many rows."""
        return self._answer.row_count

    def number_of(self, noun: str, plural: str = "") -> str:
        """The number of rows in words: `1 match`, `61 matches`, `at least 500 matches` when it was cut."""
        words = f"{self.count:,} {noun if self.count == 1 else plural or noun + 's'}"
        return f"at least {words}" if self._answer.cut_by else words

    @property
    def nothing(self) -> str:
        """What it means that there are no rows: no data is not no hits."""
        return no_rows(self._answer)

    def table(self, *columns: str, title: str = "", rows: int = 25) -> Draft:
        """A table of some columns, or all; `rows` below 0 shows the last instead of the first.

        Raises UsageError when a column is not there.
        """
        for column in columns:
            if column not in self._answer.columns:
                raise UsageError(
                    f"{self._answer.name} has no column {column!r}.{nearest(column, self._answer.columns)} "
                    f"It has: {', '.join(self._answer.columns)}."
                )
        return Draft("table", title or self.source.question.line, self.source, columns, rows)


def file_stem(report: Report, given: Mapping[str, object]) -> str:
    """A file name for a report that says what it is about: the same report has the same name."""
    subject = "-".join(plain_text(value) for value in given.values() if isinstance(value, str))
    safe = re.sub(r"[^A-Za-z0-9]+", "-", subject).strip("-")[:40].strip("-")
    return "-".join(part for part in (report.name, safe) if part)
