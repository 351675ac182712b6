"""Cells: one value as people read it, in a table or in a sentence.

For reading only. What is for counting on (CSV, JSON, Parquet) comes from `scaup.answers`, exact.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from markupsafe import Markup, escape

from scaup.answers import plain_text, visible
from scaup.titles import SHARE, column_title, title_of

__all__ = ["cell_html", "cell_text", "column_title", "in_prose", "percent"]

HASH = re.compile(r"[0-9a-f]{24,}")
ITEMS = 6


def cell_html(value: object, name: str, kind: str) -> Markup:
    """A table's cell. Long hashes are shortened, with the whole in the tooltip."""
    if value is None:
        return Markup('<span class="none">–</span>')
    text = cell_text(value, name, kind)
    if isinstance(value, str) and HASH.fullmatch(value):
        return Markup('<span title="{}">{}</span>').format(value, text)
    if isinstance(value, list) and len(value) > ITEMS:
        return Markup('<span title="{}">{}</span>').format(visible(", ".join(map(plain_text, value))), text)
    if isinstance(value, str) and kind != "JSON" and len(text) > 16:
        return Markup(escape(text).replace("_", Markup("_<wbr>")))  # where a long name may go on below
    return escape(text)


def cell_text(value: object, name: str, kind: str) -> str:
    """A table's cell as text; the column's name and type say how a number is meant."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return _number(float(value), is_share=bool(SHARE.search(name)))
    if isinstance(value, datetime | date | timedelta):
        return in_prose(value, zone=False)
    if isinstance(value, list | tuple):
        return _listed(value)
    if isinstance(value, str) and kind == "JSON":
        return _evidence(value)
    text = visible(plain_text(value))
    return text[:12] + "…" if HASH.fullmatch(text) else text


def in_prose(value: object, *, zone: bool = True) -> str:
    """A value inside a sentence. Times are UTC and say so, unless the table around them does."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return moment.strftime("%Y-%m-%d %H:%M" + (":%S" if moment.second else "")) + (" UTC" if zone else "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return _number(float(value), is_share=False)
    if isinstance(value, list | tuple):
        return _listed(value)
    return visible(plain_text(value))


def percent(value: float | None) -> str:
    """A share as a percentage, or words for none."""
    return "no share" if value is None else _number(float(value), is_share=True)


def _number(value: float, *, is_share: bool) -> str:
    if is_share:
        return f"{100 * value:.1f} %"
    size = abs(value)
    if size and size < 0.001:
        return f"{value:.1e}"
    places = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 10 else 3
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _listed(value: Iterable[object]) -> str:
    items = [visible(plain_text(item)) for item in value]
    if len(items) > ITEMS:
        return ", ".join(items[: ITEMS - 1]) + f" and {len(items) - ITEMS + 1:,} more"
    return ", ".join(items)


def _evidence(text: str) -> str:
    """A signal's evidence in words: each observed value beside its threshold."""
    try:
        found = json.loads(text)
    except ValueError:
        return visible(text)
    if not isinstance(found, dict):
        return visible(text)
    parts = []
    for name, entry in found.items():
        label = title_of(str(name)).lower()
        if isinstance(entry, dict) and "observed" in entry:
            if entry["observed"] is None and "threshold" not in entry:
                continue
            words = f"{label} {cell_text(entry['observed'], str(name), '')}"
            if "threshold" in entry:
                words += f" (threshold {cell_text(entry['threshold'], str(name), '')})"
            parts.append(visible(words))
        else:
            parts.append(visible(f"{label} {plain_text(entry)}"))
    return "; ".join(parts)
