"""Titles: a column's name as people write it."""

from __future__ import annotations

import re

# Columns whose numbers are read as percentages.
SHARE = re.compile(
    r"(^|_)share(_|$)|_reuse$|_rate(_|$)"
    r"|(^|_)(precision|recall|prevalence|attainment|yield|completeness|conversion)(_low|_high)?$"
    r"|^floor$|^loss_at_most$|_loss$|^pass_change(_|$)"
)
COUNTED = frozenset(
    {"account", "action", "block", "call", "contact", "conversation", "country", "device", "event", "family"}
    | {"fingerprint", "hit", "hour", "key", "label", "language", "member", "model", "notice", "object"}
    | {"place", "report", "request", "row", "signal", "slot", "subject", "target", "template", "type"}
    | {"upload"}
)


def title_of(column: str) -> str:
    """A column's name as people write it.

    >>> title_of("first_linked_at")
    'First linked at'
    """
    words = [ABBREVIATIONS.get(word, word) for word in column.removeprefix("is_").split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


ABBREVIATIONS = {
    "id": "ID",
    "ids": "IDs",
    "ip": "IP",
    "hmac": "HMAC",
    "sha256": "SHA-256",
    "pdq": "PDQ",
    "mcp": "MCP",
    "cv": "CV",
    "7d": "(7 days)",
    "28d": "(28 days)",
}


def column_title(name: str) -> str:
    """A column's heading: its name as words; a count is called by what it counts.

    >>> column_title("linked_account_count"), column_title("refused_count")
    ('Linked accounts', 'Refused')
    """
    if not name.endswith("_count"):
        return title_of(name)
    stem = name.removesuffix("_count")
    if stem.rsplit("_", 1)[-1] in COUNTED:
        stem = stem[:-1] + "ies" if stem.endswith("y") else stem + "s"
    return title_of(stem)
