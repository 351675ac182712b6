"""Judgments: what an analyst concludes, how likely, on what ground, and apart from that how confidently.

In Markdown a judgment is a fenced block, anywhere in an investigation's or a case's prose:

    ```judgment
    statement: One operator runs the accounts of this cluster.
    likelihood: very likely
    confidence: moderate
    basis: [exhibit 3 (A1), exhibit 7 (B2), "Partner notice of 2 May (C3)"]
    because: Three devices were rotated over all accounts, and no member's sessions overlap.
    assumptions: [The device ids are not spoofed.]
    alternatives: [A reseller deals its customers' requests out over its accounts.]
    would_change: A contract that names these accounts.
    ```

The statement is plain: the band says how likely it is, and the confidence stands in a sentence of its own.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from scaup.answers import markdown_text, visible
from scaup.errors import UsageError, nearest
from scaup.lexicon import BANDS, CONFIDENCES, GRADE, Band, band_of, grade_in_words, hedge_in

FENCE = re.compile(r"^```judgment[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
MARK = re.compile("(\ue000\\d+\ue001)")
CITATION = re.compile(r"\s*(?P<what>.+?)\s*\((?P<grade>[A-F][1-6])\)\s*", re.DOTALL)
NUMBERED = re.compile(r"(exhibit|source)\s+(\d+)", re.IGNORECASE)
FIELDS = (
    "statement",
    "likelihood",
    "confidence",
    "basis",
    "because",
    "assumptions",
    "alternatives",
    "would_change",
)
NEEDED = ("statement", "likelihood", "confidence", "basis", "would_change")


class UnfitJudgment(UsageError):
    """A judgment lacks something that every judgment has, or says it in words that mean nothing fixed."""


@dataclass(frozen=True)
class Citation:
    """What a judgment rests on, and how good that source is: Admiralty's reliability and credibility."""

    what: str
    grade: str

    @property
    def anchor(self) -> str | None:
        """The part of the page that it names: `exhibit 3` is `exhibit-3`."""
        found = NUMBERED.fullmatch(self.what.strip())
        return f"{found[1].lower()}-{found[2]}" if found else None


@dataclass(frozen=True)
class Judgment:
    """One judgment, whole."""

    statement: str
    band: Band
    confidence: str
    basis: tuple[Citation, ...]
    would_change: tuple[str, ...]
    because: str = ""
    assumptions: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


def read_judgment(text: str) -> Judgment:
    """A judgment from its block. Raises UnfitJudgment, which names what is missing or mixed."""
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UnfitJudgment(f"The judgment is no YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(found, dict):
        raise UnfitJudgment(f"A judgment has lines of `name: value`. Names: {', '.join(FIELDS)}.")
    for name in found:
        if name not in FIELDS:
            raise UnfitJudgment(f"A judgment has no {name!r}.{nearest(str(name), FIELDS)}")
    if missing := [name for name in NEEDED if not found.get(name)]:
        raise UnfitJudgment(f"The judgment does not say its {' and its '.join(missing)}.")
    return judgment(**{name: value for name, value in found.items() if value is not None})


def judgment(
    statement: str, likelihood: str, confidence: str, basis: Any, would_change: Any, **more: Any
) -> Judgment:
    """A judgment from its parts, each checked. Raises UnfitJudgment."""
    if word := hedge_in(str(statement)):
        raise UnfitJudgment(
            f"The statement says {word!r}. State it plainly: `likelihood` says how likely it is, "
            "`confidence` how good the ground is, and the two never stand in one sentence."
        )
    band = band_of(str(likelihood))
    if band is None:
        near = nearest(str(likelihood), [one.term for one in BANDS])
        raise UnfitJudgment(
            f"{visible(str(likelihood))!r} is no likelihood.{near} The seven bands: "
            f"{', '.join(f'{one.term} ({one.range})' for one in BANDS)}."
        )
    if confidence not in CONFIDENCES:
        raise UnfitJudgment(f"Confidence is {', '.join(CONFIDENCES)}; not {visible(str(confidence))!r}.")
    return Judgment(
        statement=_line(statement),
        band=band,
        confidence=confidence,
        basis=tuple(map(_citation, _lines(basis))),
        would_change=_lines(would_change),
        because=_line(more.get("because", "")),
        assumptions=_lines(more.get("assumptions", ())),
        alternatives=_lines(more.get("alternatives", ())),
    )


def _citation(text: str) -> Citation:
    found = CITATION.fullmatch(text)
    if not found or not GRADE.fullmatch(found["grade"]):
        raise UnfitJudgment(
            f"{visible(text)!r} names no Admiralty grade. Write source and grade: `exhibit 3 (B2)`."
        )
    return Citation(found["what"], found["grade"])


def _lines(value: Any) -> tuple[str, ...]:
    return tuple(
        _line(item) for item in (value if isinstance(value, list | tuple) else [value]) if _line(item)
    )


def _line(value: object) -> str:
    return " ".join(str(value).split())


def judgments_in(prose: str) -> list[Judgment]:
    """The judgments of a text, in order. Raises UnfitJudgment."""
    return [read_judgment(found.group(1)) for found in FENCE.finditer(prose)]


def facts(found: Judgment) -> dict[str, object]:
    """A judgment for a JSON of facts."""
    return {
        "statement": found.statement,
        "likelihood": found.band.term,
        "likelihood_percent": [found.band.low, found.band.high],
        "confidence": found.confidence,
        "basis": [{"cites": cited.what, "grade": cited.grade} for cited in found.basis],
        "because": found.because,
        "assumptions": list(found.assumptions),
        "alternatives": list(found.alternatives),
        "would_change": list(found.would_change),
    }


def _parts(found: Judgment) -> list[tuple[str, tuple[str, ...]]]:
    """The lists below a judgment: a name and what stands there."""
    lists = [
        ("Assumes", found.assumptions),
        ("Also considered", found.alternatives),
        ("Would change it", found.would_change),
    ]
    return [(name, items) for name, items in lists if items]


def _band(found: Judgment) -> str:
    return f"{found.band.term[:1].upper() + found.band.term[1:]} ({found.band.range})"


def to_markdown(found: Judgment) -> str:
    """A judgment as a quoted block of Markdown."""
    basis = "; ".join(f"{_marked(cited.what)} ({cited.grade})" for cited in found.basis)
    lines = [
        f"**{_band(found)}.** {_marked(found.statement)}",
        f"Confidence: {found.confidence}. {_marked(found.because)}".strip(),
        f"Rests on: {basis}.",
        *(
            f"{name}: {'; '.join(_marked(item.rstrip('.')) for item in items)}."
            for name, items in _parts(found)
        ),
    ]
    return "\n>\n".join(f"> {line}" for line in lines) + "\n"


def to_html(found: Judgment) -> str:
    """A judgment as a part of a page."""
    rows = [
        ("Confidence", _escaped(f"{found.confidence}. {found.because}".strip())),
        ("Rests on", "<br>".join(map(_citation_html, found.basis))),
        *((name, "<br>".join(map(_escaped, items))) for name, items in _parts(found)),
    ]
    cells = "".join(f"<div><dt>{name}</dt><dd>{shown}</dd></div>" for name, shown in rows)
    return (
        f'<section class="judgment"><p><strong class="band">{_band(found)}</strong> '
        f"{_escaped(found.statement)}</p>"
        f"<dl>{cells}</dl></section>\n"
    )


def _citation_html(cited: Citation) -> str:
    what = _escaped(cited.what)
    named = f'<a href="#{cited.anchor}">{what}</a>' if cited.anchor else what
    return f'{named} <abbr title="{_escaped(grade_in_words(cited.grade))}">{cited.grade}</abbr>'


def _escaped(text: str) -> str:
    return _around_marks(text, lambda part: html.escape(visible(part), quote=True))


def _marked(text: str) -> str:
    return _around_marks(text, markdown_text)


def _around_marks(text: str, escape: Callable[[str], str]) -> str:
    """The text escaped, but for the marks of a report, which stand for values: see `scaup.reports`."""
    parts = MARK.split(text)
    return "".join(part if place % 2 else escape(part) for place, part in enumerate(parts))
