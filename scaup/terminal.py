"""Answers on a terminal: a table where it fits, records where it does not, never markup from data."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scaup.answers import Answer, plain_text, visible

PADDING = 2  # cells between two columns
TEXT_WIDTHS = (40, 28, 18)  # how wide text may be, tried in this order
FEW_ROWS = 4  # up to here records read better than a table with hidden columns
NULL = "·"


@dataclass(frozen=True)
class Screen:
    """What to print, and the names of the columns that did not fit."""

    text: str
    hidden: tuple[str, ...] = ()


def on_terminal(answer: Answer, width: int, *, records: bool = False, color: bool = False) -> Screen:
    """The answer for a terminal of that many cells.

    Text that is too long ends in an ellipsis. Columns that do not fit are hidden from the right and named;
    few rows are shown as records instead, complete.
    """
    cells = [_cells(answer, place) for place in range(len(answer.columns))]
    if records:
        return _records(answer, cells, width, color)
    for text_width in TEXT_WIDTHS:
        widths = [
            _width(name, column, text_width) for name, column in zip(answer.columns, cells, strict=True)
        ]
        if sum(widths) + PADDING * (len(widths) - 1) <= width:
            return _table(answer, cells, widths, width, color)
    if answer.row_count <= FEW_ROWS:
        return _records(answer, cells, width, color)
    shown, used = 0, 0
    while shown < len(widths) and used + widths[shown] <= width:
        used += widths[shown] + PADDING
        shown += 1
    return _table(answer, cells, widths[: max(shown, 1)], width, color)


def _cells(answer: Answer, place: int) -> list[str]:
    """The texts of one column; numbers of a column share their decimals."""
    values = [row[place] for row in answer.rows]
    decimals = _decimals(values)
    return [NULL if value is None else _shown(value, decimals) for value in values]


def _shown(value: object, decimals: int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{value:,.{decimals}f}"
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return moment.strftime("%Y-%m-%d %H:%M:%S") if moment.second else moment.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list) and all(isinstance(item, str | int | date) for item in value):
        return visible(", ".join(plain_text(item) for item in value))
    return visible(plain_text(value))


def _decimals(values: list[object]) -> int:
    """As many decimals as the largest value leaves room for; none where all are whole."""
    numbers = [float(value) for value in values if isinstance(value, float | Decimal)]
    sizes = [abs(number) for number in numbers if math.isfinite(number)]
    if not sizes or all(size == int(size) for size in sizes):
        return 0
    largest = max(sizes)
    return 1 if largest >= 100 else 2 if largest >= 10 else 3 if largest >= 0.01 else 6


def _width(name: str, column: list[str], text_width: int) -> int:
    """Cells that a column needs: its values up to a bound, and its name broken at underscores."""
    values = min(max(map(cell_len, column), default=0), text_width)
    return max(values, max(map(cell_len, _broken(name, max(values, 8)).split("\n"))))


def _broken(name: str, width: int) -> str:
    """A column's name over several lines, broken after underscores.

    >>> _broken("linked_banned_accounts", 8).split()
    ['linked_', 'banned_', 'accounts']
    """
    lines = [""]
    parts = visible(name).split("_")
    for place, part in enumerate(parts):
        word = part + ("_" if place + 1 < len(parts) else "")
        if lines[-1] and cell_len(lines[-1] + word) > width:
            lines.append("")
        lines[-1] += word
    return "\n".join(lines)


def _table(answer: Answer, cells: list[list[str]], widths: list[int], width: int, color: bool) -> Screen:
    table = Table(
        box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, PADDING, 0, 0), collapse_padding=True
    )
    for place, size in enumerate(widths):
        size = min(size, width)
        table.add_column(
            Text(_broken(answer.columns[place], max(size, 8)), style="bold"),
            justify="right" if answer.is_number(place) else "left",
            vertical="bottom",
            no_wrap=True,
            width=size,
        )
    for row in range(answer.row_count):
        table.add_row(*(_fitted(cells[place][row], min(size, width)) for place, size in enumerate(widths)))
    return Screen(_printed(table, width + PADDING, color), answer.columns[len(widths) :])


def _fitted(text: str, size: int) -> Text:
    if cell_len(text) > size:
        text = set_cell_size(text, size - 1).rstrip() + "…"
    return Text(text, style="dim" if text == NULL else "")


def _records(answer: Answer, cells: list[list[str]], width: int, color: bool) -> Screen:
    """One line a value; long values go on below, indented."""
    label = max((cell_len(visible(name)) for name in answer.columns), default=0)
    label = min(label, max(width // 2, 8))
    table = Table.grid(padding=(0, PADDING, 0, 0))
    table.add_column(width=label, no_wrap=False, overflow="fold")
    table.add_column(width=max(width - label - PADDING, 8), overflow="fold")
    for row in range(answer.row_count):
        table.add_row(Text(f"— {row + 1} —", style="dim"), Text(""))
        for place, name in enumerate(answer.columns):
            table.add_row(Text(visible(name), style="bold"), Text(cells[place][row]))
    return Screen(_printed(table, width + PADDING, color))


def _printed(table: Table, width: int, color: bool) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=color,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))
