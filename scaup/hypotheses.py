"""Competing hypotheses: the table of evidence by hypothesis, and which of them it contradicts least.

After Heuer, Psychology of Intelligence Analysis (1999), chapter 8: evidence is rated against each
hypothesis, the hypothesis with the least inconsistent evidence is preferred, evidence that fits all alike
decides nothing, and the answer is tried without each piece of evidence. The arithmetic is in
`scaup/sql/hypotheses/`.

    evidence,grade,credibility,relevance,Extraction cluster,Evaluation team (benign)
    One template fills 4000 slots,A1,high,high,CC,C
    Signed up by one payment instrument,B2,medium,high,C,II

Ratings: CC and C (consistent), N (neutral), NA (not applicable), I and II (inconsistent, and strongly so),
or Heuer's ++ + / - --. `source`, `grade`, `credibility` and `relevance` may be left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scaup.answers import visible
from scaup.errors import UsageError, nearest
from scaup.lexicon import GRADE
from scaup.statements import statement
from scaup.warehouse import connect, execute

RATINGS = ("CC", "C", "N", "NA", "I", "II")
HEUER = {"++": "CC", "+": "C", "/": "N", "-": "I", "--": "II", "−": "I", "−−": "II", "N/A": "NA"}
WEIGHTS = {"high": Decimal("1.4142136"), "medium": Decimal(1), "low": Decimal("0.7071068")}  # √2, 1, 1/√2
ABOUT = ("source", "grade", "credibility", "relevance")
BENIGN = "(benign)"
BEGINS = "The table begins with `evidence` and names two hypotheses or more in its first line"


@dataclass(frozen=True)
class Evidence:
    """One line of the table: what was observed, how good its source is, and its rating per hypothesis."""

    text: str
    ratings: tuple[str, ...]
    source: str = ""
    grade: str = ""
    credibility: str = "medium"
    relevance: str = "medium"

    @property
    def weight(self) -> Decimal:
        """Credibility times relevance: 2 where both are high, 1 by default, a half where both are low."""
        return WEIGHTS[self.credibility] * WEIGHTS[self.relevance]


@dataclass(frozen=True)
class Table:
    """The table as it was written."""

    hypotheses: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @property
    def benign(self) -> tuple[str, ...]:
        """The hypotheses under which nobody did wrong."""
        return tuple(name for name in self.hypotheses if name.lower().endswith(BENIGN))


@dataclass(frozen=True)
class Score:
    """How much speaks against one hypothesis. `weighted` is what they are ordered by."""

    hypothesis: str
    weighted: Decimal
    inconsistency: int
    inconsistent_count: int
    consistent_count: int
    evidence_count: int


@dataclass(frozen=True)
class Bearing:
    """What one piece of evidence does: 0 diagnosticity = nothing; decisive = another leads without it."""

    evidence: str
    diagnosticity: Decimal
    weight: Decimal
    leaders_without: tuple[str, ...]
    is_decisive: bool


@dataclass(frozen=True)
class Analysis:
    """The table, the hypotheses from the least contradicted on, and the evidence from the most telling on."""

    table: Table
    scores: tuple[Score, ...]
    bearings: tuple[Bearing, ...]

    @property
    def leaders(self) -> tuple[str, ...]:
        """The least contradicted hypothesis, or several that are equally so."""
        return tuple(score.hypothesis for score in self.scores if score.weighted == self.scores[0].weighted)

    @property
    def decisive(self) -> tuple[str, ...]:
        """The evidence without which another hypothesis would lead: what to check again first."""
        return tuple(bearing.evidence for bearing in self.bearings if bearing.is_decisive)

    @property
    def undiagnostic(self) -> tuple[str, ...]:
        """The evidence that fits every hypothesis alike."""
        return tuple(bearing.evidence for bearing in self.bearings if bearing.diagnosticity == 0)


def read_hypotheses(text: str) -> Table:
    """The table in a CSV text. Raises UsageError with the line and what would be right."""
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    numbered = [
        (place, [cell.strip() for cell in line])
        for place, line in enumerate(lines, 1)
        if any(map(str.strip, line))
    ]
    heads = numbered[0][1] if numbered else []
    if not heads or heads[0].lower() != "evidence":
        raise UsageError(
            "The table begins with `evidence` and names two hypotheses or more in its first line."
        )
    about = {place: name.lower() for place, name in enumerate(heads) if name.lower() in ABOUT}
    rated = [place for place in range(1, len(heads)) if place not in about]
    hypotheses = tuple(heads[place] for place in rated)
    if len(hypotheses) < 2:
        raise UsageError(f"{BEGINS}: what else could explain the same?")
    if len(set(hypotheses)) < len(hypotheses) or not all(hypotheses):
        raise UsageError("Each hypothesis has a name of its own.")
    if len(numbered) < 2:
        raise UsageError("The table names no evidence.")
    found = [_evidence(line, cells, heads, about, rated) for line, cells in numbered[1:]]
    texts = [evidence.text for evidence in found]
    for line, text_of in zip([line for line, _ in numbered[1:]], texts, strict=True):
        if texts.count(text_of) > 1:
            raise UsageError(f"Line {line}: {visible(text_of)!r} stands there twice. Each counts once.")
    return Table(hypotheses, tuple(found))


def _evidence(
    line: int, cells: list[str], heads: list[str], about: dict[int, str], rated: Sequence[int]
) -> Evidence:
    if len(cells) != len(heads):
        raise UsageError(f"Line {line} has {len(cells)} fields; the first line has {len(heads)}.")
    if not cells[0]:
        raise UsageError(f"Line {line} does not say what the evidence is.")
    ratings = []
    for place in rated:
        rating = HEUER.get(cells[place], cells[place].upper())
        if rating not in RATINGS:
            raise UsageError(
                f"Line {line}: {visible(cells[place])!r} is no rating.{nearest(cells[place], RATINGS)} "
                f"It is one of: {', '.join(RATINGS)}."
            )
        ratings.append(rating)
    said = {name: cells[place] for place, name in about.items() if cells[place]}
    for name in ("credibility", "relevance"):
        if (weight := said.get(name, "medium").lower()) not in WEIGHTS:
            raise UsageError(f"Line {line}: {name} is {', '.join(WEIGHTS)}, not {visible(weight)!r}.")
        said[name] = weight
    if "grade" in said and not GRADE.fullmatch(said["grade"]):
        raise UsageError(
            f"Line {line}: {visible(said['grade'])!r} is no Admiralty grade, as in B2: A–F and 1–6."
        )
    return Evidence(cells[0], tuple(ratings), **said)


def analyse(table: Table) -> Analysis:
    """Score the hypotheses, and weigh each piece of evidence by leaving it out."""
    cells = [
        (evidence, name, rating)
        for evidence in table.evidence
        for name, rating in zip(table.hypotheses, evidence.ratings, strict=True)
    ]
    values = {
        "evidence": [evidence.text for evidence, _, _ in cells],
        "hypotheses": [name for _, name, _ in cells],
        "ratings": [rating for _, _, rating in cells],
        "weights": [str(evidence.weight) for evidence, _, _ in cells],
    }
    with connect() as connection:
        scores = execute(connection, statement("hypotheses/scores"), values).fetchall()
        bearings = execute(connection, statement("hypotheses/evidence"), values).fetchall()
    return Analysis(
        table,
        tuple(Score(*row) for row in scores),
        tuple(
            Bearing(evidence, spread, weight, tuple(leaders), decisive)
            for evidence, spread, weight, leaders, decisive in bearings
        ),
    )


def read_table(text: str) -> dict[str, Any]:
    """The table in a CSV text, scored, as a case's log keeps it. Raises UsageError.

    Returns hypotheses, rows, the inconsistency of each hypothesis, and the evidence that decides nothing.
    """
    found = analyse(read_hypotheses(text))
    scores = {score.hypothesis: score.inconsistency for score in found.scores}
    return {
        "hypotheses": list(found.table.hypotheses),
        "rows": [[evidence.text, *evidence.ratings] for evidence in found.table.evidence],
        "inconsistency": {name: scores[name] for name in found.table.hypotheses},
        "undiagnostic": [
            evidence.text for evidence in found.table.evidence if evidence.text in found.undiagnostic
        ],
    }
