"""The page of a score: the same figures as the table on the terminal, for people who read in a browser."""

from __future__ import annotations

from dataclasses import dataclass

from scaup.paper import templates
from scaup.score import ReviewScore, Score


@dataclass(frozen=True)
class _Title:
    title: str


def render(score: Score | ReviewScore) -> str:
    """One HTML file that fetches nothing."""
    name = "score.html" if isinstance(score, Score) else "score_reviews.html"
    page = templates().get_template(name)
    return page.render(report=_Title(f"Score of {score.snapshot_id}"), score=score)
