"""Matrices: competing hypotheses as people read them, on a terminal, in Markdown, in a page and as JSON."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from scaup.answers import Answer, to_markdown, visible
from scaup.hypotheses import Analysis
from scaup.lexicon import grade_in_words
from scaup.terminal import on_terminal

WORDS = {
    "CC": "strongly consistent",
    "C": "consistent",
    "N": "neutral",
    "NA": "not applicable",
    "I": "inconsistent",
    "II": "strongly inconsistent",
}
NOTE = (
    "Inconsistency counts I as 1 and II as 2, times the evidence's weight (credibility × relevance, each √2, "
    "1 or 1/√2); consistent evidence counts nothing, because it usually fits other hypotheses too. "
    "Diagnosticity is the standard deviation of a row's ratings: at 0 it fits all alike."
)


def parts(found: Analysis) -> list[tuple[str, Answer]]:
    """The three tables of an analysis, each under its title."""
    scored = [
        (one.hypothesis, one.weighted, one.inconsistent_count, one.consistent_count, one.evidence_count)
        for one in found.scores
    ]
    rated = [(evidence.text, evidence.grade or None, *evidence.ratings) for evidence in found.table.evidence]
    names = {text: f"H{place}" for place, text in enumerate(found.table.hypotheses, 1)}
    weighed = [
        (
            one.evidence,
            one.diagnosticity,
            one.weight,
            ", ".join(names[name] for name in one.leaders_without),
            one.is_decisive,
        )
        for one in found.bearings
    ]
    return [
        (
            "Hypotheses, the least contradicted first",
            _answer(
                {"hypothesis": "VARCHAR", "inconsistency": "DECIMAL(18,3)", "inconsistent_count": "BIGINT",
                 "consistent_count": "BIGINT", "evidence_count": "BIGINT"},
                scored,
            ),
        ),
        (
            "; ".join(f"{name} = {text}" for text, name in names.items()),
            _answer(dict.fromkeys(("evidence", "grade", *names.values()), "VARCHAR"), rated),
        ),
        (
            "Evidence, the most telling first, and which hypothesis would lead without it",
            _answer(
                {"evidence": "VARCHAR", "diagnosticity": "DECIMAL(9,3)", "weight": "DECIMAL(9,3)",
                 "leads_without_it": "VARCHAR", "is_decisive": "BOOLEAN"},
                weighed,
            ),
        ),
    ]  # fmt: skip


def _answer(columns: dict[str, str], rows: Sequence[tuple[object, ...]]) -> Answer:
    return Answer(
        name="ach",
        columns=tuple(columns),
        types=tuple(columns.values()),
        rows=tuple(rows),
        sql_sha256="",
        parameters={},
        snapshot_id="",
        as_of=datetime.fromtimestamp(0, UTC),
        elapsed_ms=0,
    )


def as_table(found: Analysis, width: int) -> str:
    """The three tables for a terminal of that width."""
    texts = [f"{visible(title)}\n\n{on_terminal(answer, width).text}" for title, answer in parts(found)]
    return "\n".join(texts)


def as_markdown(found: Analysis) -> str:
    """The three tables as Markdown."""
    from scaup.answers import markdown_text

    tables = [f"**{markdown_text(title)}**\n\n{to_markdown(answer)}" for title, answer in parts(found)]
    return "\n".join([*tables, f"{markdown_text(NOTE)}\n"])


def as_html(found: Analysis) -> str:
    """The three tables as parts of a page: ratings carry their words, and the leader is marked."""
    shown = []
    for (title, answer), kind in zip(parts(found), ("scores", "ratings", "bearings"), strict=True):
        kinds = [' class="number"' if answer.is_number(place) else "" for place in range(len(answer.columns))]
        named = zip(kinds, answer.columns, strict=True)
        heads = "".join(f'<th scope="col"{set_as}>{_head(name)}</th>' for set_as, name in named)
        rows = ""
        for row in answer.rows:
            cells = zip(kinds, row, strict=True)
            rows += (
                "<tr>"
                + "".join(f"<td{set_as}>{_cell(value, found)}</td>" for set_as, value in cells)
                + "</tr>"
            )
        shown.append(
            f'<figure class="table hypotheses {kind}"><figcaption>{html.escape(visible(title))}</figcaption>'
            f'<div class="wide" tabindex="0" role="region" aria-label="{html.escape(visible(title[:60]))}">'
            f'<table class="sortable"><thead><tr>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div></figure>"
        )
    return "".join(shown) + f'<p class="extent">{html.escape(NOTE)}</p>\n'


def _head(name: str) -> str:
    from scaup.titles import column_title

    return html.escape(column_title(name))


def _cell(value: object, found: Analysis) -> str:
    if value is None:
        return '<span class="none">–</span>'
    if isinstance(value, bool):
        return "<strong>yes</strong>" if value else "no"
    text = html.escape(visible(str(value)))
    if value in WORDS:
        return f'<abbr title="{WORDS[str(value)]}" class="rated {text.lower()}">{text}</abbr>'
    if isinstance(value, str) and len(value) == 2 and value[0] in "ABCDEF" and value[1] in "123456":
        return f'<abbr title="{html.escape(grade_in_words(value))}">{text}</abbr>'
    return f"<strong>{text}</strong>" if value in found.leaders else text


def as_json(found: Analysis) -> str:
    """The analysis as JSON, exact."""
    facts = {
        "leaders": list(found.leaders),
        "decisive_evidence": list(found.decisive),
        "undiagnostic_evidence": list(found.undiagnostic),
        "benign_hypotheses": list(found.table.benign),
        "hypotheses": [{**vars(score), "weighted": float(score.weighted)} for score in found.scores],
        "evidence": [
            {
                "evidence": evidence.text,
                "source": evidence.source,
                "grade": evidence.grade,
                "ratings": dict(zip(found.table.hypotheses, evidence.ratings, strict=True)),
            }
            for evidence in found.table.evidence
        ],
        "bearings": [
            {
                **vars(bearing),
                "diagnosticity": float(bearing.diagnosticity),
                "weight": float(bearing.weight),
                "leaders_without": list(bearing.leaders_without),
            }
            for bearing in found.bearings
        ],
    }
    return json.dumps(facts, indent=1) + "\n"
