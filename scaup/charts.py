"""Charts: rows of an answer to an SVG that follows the page's theme, and the words that say the same.

A chart shows columns as they are; nothing is computed from them but their place on the paper.
`scaup.plots` draws along axes, `scaup.drawings` draws maps and graphs.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from scaup.answers import visible
from scaup.drawings import DRAWINGS
from scaup.errors import UsageError, nearest
from scaup.plots import PLOTS, Row, plot
from scaup.titles import title_of

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d\.\d{3}Z")
KINDS = (*PLOTS, *DRAWINGS)
COLUMN_OPTIONS = ("colour", "low", "high", "centre", "value", "near", "weight")


# Kinds in which a time is a name, like any other, and not a place along an axis.
NAMING = ("heatmap", "graph", "waterfall", "intervals", "timeline")


class UnknownChart(UsageError):
    """No kind of chart has this name, or the rows lack a column that it needs."""


@dataclass(frozen=True)
class Chart:
    """An SVG and the words that say the same to who cannot see it."""

    svg: str
    alternative: str


def draw(kind: str, rows: Sequence[Row], *, x: str, y: str | Sequence[str], **options: Any) -> Chart:
    """One chart: line, bar, timeline, intervals, waterfall, control, heatmap, distribution or graph.

    `x` and `y` name columns; several names in `y` are several series. Options by kind that name columns:
    `colour` (splits the rows; line, bar), `low` and `high` (intervals; limits of control; edges of
    distribution's bins: `high`), `centre` (control), `value` (heatmap), `near` and `weight` (graph). Options
    that are values: `mark` and `mark_title` (distribution), `subject` (graph), titles of axes `x_title`,
    `y_title`. Raises UnknownChart when the kind or a column is not there.
    """
    if kind not in KINDS:
        raise UnknownChart(f"No chart of kind {kind!r}.{nearest(kind, KINDS)} Kinds: {', '.join(KINDS)}.")
    series = [y] if isinstance(y, str) else list(y)
    columns = [x, *series, *(options[key] for key in COLUMN_OPTIONS if options.get(key))]
    for column in columns:
        if rows and column not in rows[0]:
            raise UnknownChart(
                f"The rows of this {kind} have no column {column!r}.{nearest(column, rows[0])} "
                f"They have: {', '.join(rows[0])}."
            )
    values: list[Row] = [{column: _plain(row[column]) for column in columns} for row in rows]
    amounts = {"heatmap": options.get("value"), "distribution": series[0], "graph": options.get("weight")}
    amount = amounts.get(kind)
    if amount and any(not isinstance(row[amount], int | float | None) for row in values):
        raise UnknownChart(f"A {kind} shows numbers, and not all of {amount!r} are.")
    for column in {"waterfall": [x], "intervals": series, "timeline": series}.get(kind, [x, *series]):
        if kind in NAMING:
            values = [{**row, column: _named(row[column])} for row in values]
    if kind in DRAWINGS:
        shown = {
            key: _plain(value) if key in ("mark", "subject") else value for key, value in options.items()
        }
        drawn, alternative = DRAWINGS[kind](values, x, series[0], shown)
        return Chart(_labelled(drawn, alternative), alternative)
    times = {column for column in columns if any(isinstance(row[column], date) for row in rows)}
    if kind == "control" and x in times:  # "the first outside" is the first in time
        values.sort(key=lambda row: str(row[x]))
    alternative = WORDS.get(kind, _words)(kind, values, x, series, options)
    return Chart(
        _labelled(plot(PLOTS[kind](values, x, series, options | {"times": times})), alternative), alternative
    )


def _labelled(svg: str, alternative: str) -> str:
    label = html.escape(alternative, quote=True)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _plain(value: Any) -> Any:
    """A value as JSON has it: times in UTC, no number that is none, no character that does not show."""
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00.000Z"
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, list | tuple):
        return visible(", ".join(map(str, value)))
    return visible(str(value))


def _named(value: Any) -> Any:
    """A time as a name: the day, or the minute."""
    if isinstance(value, str) and (found := MOMENT.fullmatch(value)):
        return found[1] if found[2] == "00:00" else f"{found[1]} {found[2]}"
    return value


# ---- words -----------------------------------------------------------------------------------


def _words(kind: str, values: list[Row], x: str, series: list[str], options: Row) -> str:
    """What the chart shows, in a sentence or two."""
    count = len(values)
    text = f"{kind.capitalize()} chart with {count} {'row' if count == 1 else 'rows'}: "
    text += f"{' and '.join(title_of(column).lower() for column in series)} by {title_of(x).lower()}."
    for column in [x, *series]:
        found = [row[column] for row in values if isinstance(row[column], int | float)]
        if found:
            text += f" {title_of(column)} from {min(found):,.6g} to {max(found):,.6g}."
        elif column == x and values and values[0][x] is not None:
            text += f" From {_short(values[0][x])} to {_short(values[-1][x])}."
    return text


def _control_words(kind: str, values: list[Row], x: str, series: list[str], options: Row) -> str:
    """Of a control chart: how many points lie outside the limits, and which first."""
    low, high = options.get("low"), options.get("high")
    outside = [
        row
        for row in values
        if row[series[0]] is not None
        and (
            (high and row[high] is not None and row[series[0]] > row[high])
            or (low and row[low] is not None and row[series[0]] < row[low])
        )
    ]
    text = _words(kind, values, x, series, options)
    text += f" {len(outside)} of {len(values)} points lie outside the control limits"
    return text + (f", the first at {_short(outside[0][x])}." if outside else ".")


WORDS: dict[str, Callable[[str, list[Row], str, list[str], Row], str]] = {"control": _control_words}


def _short(value: Any) -> str:
    text = str(value)
    return text[:10] if text.endswith("Z") and text[4:5] == "-" else text[:40]
