"""Answers on a terminal: a table where it fits, records where it does not, and nothing in the data is obeyed.

Laid out here rather than by rich's tables, which take two milliseconds a row; rich only measures how many
cells a text takes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from rich.cells import cell_len, chop_cells, set_cell_size

from scaup.answers import Answer, plain_text, visible

PADDING = 2  # cells between two columns
TEXT_WIDTHS = (18, 60)  # how wide text is at least shown, where it is that long, and at most
FEW_ROWS = 4  # up to here records read better than a table with hidden columns
WHOLE_TYPES = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "BOOLEAN")  # never shortened
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
    widths = [_width(answer, place, column, TEXT_WIDTHS[0]) for place, column in enumerate(cells)]
    shown, used = 0, -PADDING
    while shown < len(widths) and used + PADDING + widths[shown] <= width:
        used += PADDING + widths[shown]
        shown += 1
    if shown < len(widths) and answer.row_count <= FEW_ROWS:
        return _records(answer, cells, width, color)
    if shown == 0:
        return _table(answer, cells, [width], color)
    for place in range(shown):  # what room is left goes to text that was shortened
        more = min(_width(answer, place, cells[place], TEXT_WIDTHS[1]) - widths[place], width - used)
        widths[place] += more
        used += more
    return _table(answer, cells, widths[:shown], color)


def _cells(answer: Answer, place: int) -> list[str]:
    """The texts of one column; its numbers share their decimals, its times their precision."""
    values = [row[place] for row in answer.rows]
    decimals = _decimals(values)
    times = [value for value in values if isinstance(value, datetime)]
    clock = "%Y-%m-%d %H:%M:%S" if any(value.second for value in times) else "%Y-%m-%d %H:%M"
    return [NULL if value is None else _shown(value, decimals, clock) for value in values]


def _shown(value: object, decimals: int, clock: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{value:,.{decimals}f}"
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).strftime(clock)
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


def _width(answer: Answer, place: int, column: list[str], text_width: int) -> int:
    """Cells that a column needs: its values (text up to a bound), and its name broken at underscores."""
    is_text = not answer.is_number(place) and answer.types[place] not in WHOLE_TYPES
    longest = max(map(cell_len, column), default=0)
    values = min(longest, text_width) if is_text else longest
    return max(values, max(map(cell_len, _broken(answer.columns[place], max(values, 8)).split("\n"))))


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


def _table(answer: Answer, cells: list[list[str]], widths: list[int], color: bool) -> Screen:
    """Names, a line, and one line a row; numbers to the right."""
    is_right = [answer.is_number(place) for place in range(len(widths))]
    names = [
        _broken(name, max(size, 8)).split("\n") for name, size in zip(answer.columns, widths, strict=False)
    ]
    height = max(map(len, names), default=0)
    above = [[""] * (height - len(name)) + name for name in names]
    lines = [_bold(_line(part, widths, is_right), color) for part in zip(*above, strict=True)]
    lines.append("─" * (sum(widths) + PADDING * (len(widths) - 1)))
    lines += [_line(row, widths, is_right) for row in zip(*cells[: len(widths)], strict=True)]
    return Screen("\n".join(lines) + "\n", answer.columns[len(widths) :])


def _line(texts: Sequence[str], widths: Sequence[int], is_right: Sequence[bool]) -> str:
    padded = (
        _padded(_fitted(text, size), size, right)
        for text, size, right in zip(texts, widths, is_right, strict=True)
    )
    return (" " * PADDING).join(padded).rstrip()


def _padded(text: str, size: int, is_right: bool) -> str:
    room = " " * (size - cell_len(text))
    return room + text if is_right else text + room


def _fitted(text: str, size: int) -> str:
    return text if cell_len(text) <= size else set_cell_size(text, size - 1).rstrip() + "…"


def _bold(text: str, color: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if color else text


def _records(answer: Answer, cells: list[list[str]], width: int, color: bool) -> Screen:
    """One line a value; long values go on below, indented."""
    names = [visible(name) for name in answer.columns]
    label = min(max(map(cell_len, names), default=0), max(width // 2, 8))
    room = max(width - label - PADDING, 8)
    lines = []
    for row in range(answer.row_count):
        lines.append(f"— {row + 1} —")
        for name, column in zip(names, cells, strict=True):
            first, *rest = chop_cells(column[row], room) or [""]
            head = _bold(_padded(_fitted(name, label), label, False), color)
            lines.append((head + " " * PADDING + first).rstrip())
            lines += [" " * (label + PADDING) + part for part in rest]
    return Screen("\n".join(lines) + "\n" if lines else "")
