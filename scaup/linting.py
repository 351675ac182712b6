"""Linting: whether a report argues as ICD 203 asks, found in its words alone.

Reads a report (Markdown or HTML), an investigation's source or a table of competing hypotheses. Tables,
charts, code and the list of sources are data, not argument, and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from scaup.answers import visible
from scaup.errors import MissingInput, UsageError
from scaup.hypotheses import read_hypotheses
from scaup.judgments import FENCE, UnfitJudgment, read_judgment
from scaup.lexicon import CONFIDENCE, HEDGE, HEDGES, TERMS

MANDATORY = {
    "missing-benign": (
        re.compile(r"benign|innocent|alternative", re.IGNORECASE),
        "No part `## Benign explanations`.",
        "Say who does the same innocently, and what would tell them apart.",
    ),
    "missing-change": (
        re.compile(r"change our mind", re.IGNORECASE),
        "No part `## What would change our mind?`.",
        "Say which finding would make the judgment wrong.",
    ),
}
CITED = re.compile(r"\b(?:exhibit|source|run|note)\s*\d+|\b[SRNE]\d+\b|\[\^?[\w-]+\]|\]\(", re.IGNORECASE)
GRADED = re.compile(r"\b[A-F][1-6]\b")
APART = "\x1f"  # between two parts of a judgment on a page
SENTENCE = re.compile(r"\x1f+|(?<=[.!?])(?:\s+|(?=\*\*\s))(?=[A-Z*_\"“(>-])")
FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
SKIPPED_TAGS = frozenset(
    {"style", "script", "svg", "table", "figure", "pre", "code", "nav", "head", "header"}
)
VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "wbr", "col"})


@dataclass(frozen=True)
class Finding:
    """One place where a report does not argue as it should."""

    line: int
    rule: str
    message: str
    suggestion: str


@dataclass(frozen=True)
class Block:
    """Words that stand together: a paragraph, an item, a judgment. `line` is where they begin."""

    line: int
    text: str
    is_heading: bool = False


def lint(path: Path) -> list[Finding]:
    """What is wrong with a file, in the order of its lines. Raises MissingInput or UsageError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MissingInput(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text.") from error
    return lint_text(text, path.suffix.lower())


def lint_text(text: str, suffix: str) -> list[Finding]:
    """What is wrong with a text, read as the suffix says: .md, .html or .csv. Raises UsageError."""
    if suffix == ".csv":
        return _lint_table(text)
    if suffix in (".html", ".htm"):
        blocks, found = _Page(text).blocks, []
    elif suffix in (".md", ".markdown"):
        found = list(_lint_fences(text))
        blocks = list(_markdown_blocks(text))
    else:
        raise UsageError(f"A report is .md, .html or a table .csv; not {suffix!r}.")
    found += [finding for block in blocks if not block.is_heading for finding in _lint_block(block)]
    found += _lint_rows(blocks)
    found += _lint_parts(blocks)
    return sorted(found, key=lambda finding: (finding.line, finding.rule, finding.message))


def _lint_block(block: Block) -> Iterator[Finding]:
    """One block's words: hedges, judgments without source or confidence, and what is mixed."""
    is_cited, is_graded = CITED.search(block.text), GRADED.search(block.text)
    has_confidence = CONFIDENCE.search(block.text)
    judged: Finding | None = None
    for start, sentence in _sentences(block.text):
        line = block.line + block.text.count("\n", 0, start)
        for hedge in HEDGE.finditer(sentence):
            word = hedge.group().lower()
            at = line + sentence.count("\n", 0, hedge.start())
            yield Finding(
                at, "outside-lexicon", f"{word!r} is no band of likelihood.", f"Say {HEDGES[word]}."
            )
        term = TERMS.search(sentence)
        if not term:
            continue
        at = line + sentence.count("\n", 0, term.start())
        word = " ".join(term.group().lower().split())
        if CONFIDENCE.search(sentence):
            text = f"{word!r} and a confidence stand in one sentence."
            yield Finding(at, "mixed", text, "Say how confident you are, and why, in a sentence of its own.")
        if judged is None:
            judged = Finding(at, "uncited", f"The judgment {word!r} cites no source.", "")
    if judged is None:
        return
    if not is_cited:
        suggestion = "Name what it rests on, with its grade: (exhibit 3, B2)."
        yield Finding(judged.line, "uncited", judged.message, suggestion)
    elif not is_graded:
        text = judged.message.replace("cites no source", "cites a source without an Admiralty grade")
        yield Finding(judged.line, "ungraded", text, "Add reliability A–F and credibility 1–6, as in B2.")
    if not has_confidence:
        text = judged.message.replace("cites no source", "says no confidence")
        suggestion = "Add a sentence: Confidence is low, moderate or high, because …"
        yield Finding(judged.line, "no-confidence", text, suggestion)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of a block, with where each begins."""
    start = 0
    for end in SENTENCE.finditer(text):
        yield start, text[start : end.start()]
        start = end.end()
    yield start, text[start:]


def _lint_rows(blocks: Iterable[Block]) -> list[Finding]:
    """Both rows of terms in one report: readers take `probable` and `likely` for different things."""
    used: dict[str, tuple[int, str]] = {}
    for block in blocks:
        for term in TERMS.finditer(block.text):
            row = "first" if term["first"] else "other"
            used.setdefault(row, (block.line + block.text.count("\n", 0, term.start()), term.group().lower()))
    if len(used) < 2:
        return []
    line, word = used["other"]
    text = f"{word!r} and {used['first'][1]!r} are of two rows of terms."
    return [Finding(line, "mixed-terms", text, "Keep to one row: likely, very likely, unlikely, …")]


def _lint_parts(blocks: list[Block]) -> list[Finding]:
    """The two parts that every argument has, each with words in it."""
    found = []
    for rule, (pattern, message, suggestion) in MANDATORY.items():
        places = [
            place for place, block in enumerate(blocks) if block.is_heading and pattern.search(block.text)
        ]
        if not places:
            found.append(Finding(1, rule, message, suggestion))
        elif not any(place + 1 < len(blocks) and not blocks[place + 1].is_heading for place in places):
            found.append(Finding(blocks[places[0]].line, rule, "This part is empty.", suggestion))
    return found


def _lint_fences(text: str) -> Iterator[Finding]:
    """The blocks of judgments in Markdown."""
    for fence in FENCE.finditer(text):
        line = text.count("\n", 0, fence.start()) + 1
        try:
            found = read_judgment(fence.group(1))
        except UnfitJudgment as error:
            yield Finding(line, "unfit-judgment", str(error), "See `scaup lint --help` for a whole one.")
            continue
        if not found.alternatives:
            text_of = "The judgment names nothing else that could explain the same."
            yield Finding(line, "no-alternatives", text_of, "Add `alternatives`, benign ones first.")


def _lint_table(text: str) -> list[Finding]:
    """A table of competing hypotheses."""
    table = read_hypotheses(text)
    found = []
    if not table.benign:
        message = "No hypothesis is benign: " + ", ".join(map(visible, table.hypotheses)) + "."
        suggestion = "Add an evaluation team, a reseller, a shared office …, and end its name in (benign)."
        found.append(Finding(1, "missing-benign", message, suggestion))
    lines = [place for place, line in enumerate(text.splitlines(), 1) if line.strip(" ,\t")][1:]
    for line, evidence in zip(lines, table.evidence, strict=False):
        if not evidence.grade:
            message = f"{visible(evidence.text)!r} has no Admiralty grade."
            found.append(Finding(line, "ungraded", message, "Fill a column `grade`, as in B2."))
    return found


# ---- what stands together --------------------------------------------------------------------


def _markdown_blocks(text: str) -> Iterator[Block]:
    """The paragraphs, items and headings of Markdown; of a report, without exhibits and sources."""
    for pattern in (FRONT, FENCE, JINJA):
        text = pattern.sub(_blank, text)
    text = re.sub(r"^(```|~~~).*?^\1[^\n]*$", _blank, text, flags=re.MULTILINE | re.DOTALL)
    waiting: list[str] = []
    begins, is_data = 1, False
    for number, line in enumerate([*text.split("\n"), ""], 1):
        is_heading = line.startswith("#")
        starts_item = re.match(r"\s{0,3}(?:[-*+]|\d+[.)])\s", line) is not None
        is_quoted_gap = line.strip() == ">" and bool(waiting)
        if waiting and not is_quoted_gap and (not line.strip() or is_heading or starts_item):
            yield Block(begins, "\n".join(waiting))
            waiting = []
        if is_heading:
            is_data = line.strip("# ").lower() == "sources"
            yield Block(number, line.strip("# "), is_heading=True)
        elif line.strip() and not is_data and not line.startswith(("|", "**Exhibit ", "Source ")):
            begins = begins if waiting else number
            waiting.append(line)


def _blank(found: re.Match[str]) -> str:
    """As many lines, all empty, so that what follows keeps its line."""
    return re.sub(r"[^\n]", " ", found.group())


class _Page(HTMLParser):
    """The blocks of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._open: list[str] = []
        self._words: list[str] = []
        self._begins = 1
        self.feed(text)
        self._end()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            self._words.append(" ")
            return
        names = (dict(attrs).get("class") or "").split()
        is_data = "sources" in names or "facts" in names
        self._open.append("pre" if is_data else "judgment" if "judgment" in names else tag)
        if tag in ("p", "li", "h1", "h2", "h3", "section") and self._open.count("judgment") <= (
            tag == "section"
        ):
            self._end()
            self._begins = self.getpos()[0]

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self._open:
            return
        closed = self._open.pop()
        if closed in ("h1", "h2", "h3"):
            self._end(is_heading=True)
        elif closed == "judgment" or (closed in ("p", "li") and "judgment" not in self._open):
            self._end()
        elif closed in ("p", "li", "dd", "div"):
            self._words.append(APART)

    def handle_data(self, data: str) -> None:
        if not SKIPPED_TAGS & set(self._open):
            self._words.append(data + (": " if self._open and self._open[-1] == "dt" else ""))

    def _end(self, is_heading: bool = False) -> None:
        text = "".join(self._words)
        if text.strip():
            self.blocks.append(Block(self._begins, text, is_heading))
        self._words = []
