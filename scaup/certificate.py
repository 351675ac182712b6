"""The certificate sheet of a package: what is in it, how it was made, and a line to sign on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scaup.paper import templates

WORDS = {
    "internal": "The rows below were read from the snapshots named, for the case and purpose named, by the "
    "person and at the time that each run's manifest names.",
    "legal": "The rows below were read from the snapshots named. Columns that may not leave were left out, "
    "and identifiers replaced by pseudonyms, by one rule for all of them.",
    "partner": "The rows below were read from the snapshots named. Columns that may not leave were left out, "
    "and identifiers replaced by pseudonyms, by one rule for all of them. What we think of it is not here.",
}


def page(
    title: str,
    audience: str,
    facts: Sequence[tuple[str, str]],
    exhibits: Sequence[Mapping[str, Any]],
    custody: Mapping[str, Any],
    redactions: int | None,
) -> bytes:
    """One self-contained HTML page. `redactions` counts values; None = the internal rendering."""
    text = (
        templates()
        .get_template("certificate.html")
        .render(
            report={"title": title},
            facts=facts,
            words=WORDS[audience],
            exhibits=exhibits,
            custody=custody,
            redactions=redactions,
        )
    )
    return text.encode("utf-8", "backslashreplace")
