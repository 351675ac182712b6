"""The lexicon of judgments: ICD 203's seven bands of likelihood, levels of confidence, Admiralty grades.

A likelihood says how probable something is; a confidence says how good the ground for saying so is. The
two never stand in one sentence. Source: ICD 203 (Office of the Director of National Intelligence, 2015),
section 6.e; NATO AJP-2.1 for the grades of sources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """One band: its term, the term of the other row for the same band, and its bounds in percent."""

    key: str
    term: str
    other_term: str
    low: int
    high: int

    @property
    def range(self) -> str:
        return f"{self.low}–{self.high} %"


BANDS = (
    Band("almost_no_chance", "almost no chance", "remote", 1, 5),
    Band("very_unlikely", "very unlikely", "highly improbable", 5, 20),
    Band("unlikely", "unlikely", "improbable", 20, 45),
    Band("roughly_even_chance", "roughly even chance", "roughly even odds", 45, 55),
    Band("likely", "likely", "probable", 55, 80),
    Band("very_likely", "very likely", "highly probable", 80, 95),
    Band("almost_certain", "almost certain", "nearly certain", 95, 99),
)
LIKELIHOODS = {band.key: band.range for band in BANDS}
CONFIDENCES = ("low", "moderate", "high")
RELIABILITY = {
    "A": "reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
CREDIBILITY = {
    "1": "confirmed by other sources",
    "2": "likely to be true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "truth cannot be judged",
}
GRADE = re.compile(r"[A-F][1-6]")

TERMS = re.compile(
    r"\b(?:(?P<first>almost no chance|very unlikely|unlikely|roughly even chance|very likely|likely|"
    r"almost certain(?:ly)?)|(?P<other>remote (?:chance|possibility|likelihood)|highly improbable|improbable|"
    r"roughly even odds|highly probable|probable|nearly certain))\b",
    re.IGNORECASE,
)
CONFIDENCE = re.compile(
    r"\b(?:low|moderate|medium|high)(?:-|\s+)confidence\b|\bconfidence\b[^.;]{0,40}?\b(?:low|moderate|medium|high)\b"
    r"|\b(?:quite|very|highly|fully)?\s*confident\b",
    re.IGNORECASE,
)
# What people write in place of a band, and the band that most likely was meant.
HEDGES = {
    "probably": "likely (55–80 %)",
    "in all likelihood": "very likely (80–95 %)",
    "in all probability": "very likely (80–95 %)",
    "chances are": "likely (55–80 %)",
    "a good chance": "likely (55–80 %)",
    "a strong possibility": "likely (55–80 %)",
    "a real possibility": "roughly even chance (45–55 %)",
    "possibly": "unlikely (20–45 %) or roughly even chance (45–55 %)",
    "perhaps": "unlikely (20–45 %) or roughly even chance (45–55 %)",
    "maybe": "unlikely (20–45 %) or roughly even chance (45–55 %)",
    "may well": "likely (55–80 %)",
    "might well": "likely (55–80 %)",
    "could well": "likely (55–80 %)",
    "conceivably": "very unlikely (5–20 %)",
    "cannot be ruled out": "almost no chance (1–5 %), very unlikely (5–20 %) or unlikely (20–45 %)",
    "can't be ruled out": "almost no chance (1–5 %), very unlikely (5–20 %) or unlikely (20–45 %)",
    "cannot be excluded": "almost no chance (1–5 %), very unlikely (5–20 %) or unlikely (20–45 %)",
    "presumably": "likely (55–80 %), or say what is assumed",
    "apparently": "likely (55–80 %), or say what was seen",
    "seemingly": "likely (55–80 %), or say what was seen",
    "arguably": "a band, or leave it out",
    "undoubtedly": "almost certain (95–99 %)",
    "doubtless": "almost certain (95–99 %)",
    "without a doubt": "almost certain (95–99 %)",
    "no doubt": "almost certain (95–99 %)",
    "definitely": "almost certain (95–99 %)",
    "certainly": "almost certain (95–99 %)",
    "we believe": "a band and a source: what do we know?",
    "we think": "a band and a source: what do we know?",
    "we suspect": "a band and a source: what do we know?",
}
HEDGE = re.compile(
    r"(?<!almost )\b(?:" + "|".join(map(re.escape, sorted(HEDGES, key=len, reverse=True))) + r")\b",
    re.IGNORECASE,
)
# In the statement of a judgment nothing may hedge: the band does.
WEAK = re.compile(
    r"\b(?:may|might|could|seems?|appears?|suggests?|possible|probabl[ey]|conceivable|certain|confiden(?:t|ce))\b",
    re.IGNORECASE,
)


def band_of(text: str) -> Band | None:
    """The band that a term or a key names: `very likely`, `very_likely`, `Highly probable`; else None."""
    wanted = text.strip().lower().replace("_", " ")
    return next((band for band in BANDS if wanted in (band.term, band.other_term)), None)


def hedge_in(statement: str) -> str | None:
    """The first word of a judgment's statement that says how likely or how sure, where only the band may."""
    found = [match for pattern in (TERMS, HEDGE, WEAK) if (match := pattern.search(statement))]
    return min(found, key=lambda match: match.start()).group() if found else None


def grade_in_words(grade: str) -> str:
    """An Admiralty grade in words.

    >>> grade_in_words("B2")
    'usually reliable; likely to be true'
    """
    return f"{RELIABILITY[grade[0]]}; {CREDIBILITY[grade[1]]}"
