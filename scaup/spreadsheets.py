"""Spreadsheets: an answer as XLSX, for people; text stays text, and no cell computes anything.

XlsxWriter is loaded only when a spreadsheet is asked for. The file holds no formula, no link and no
macro, and the same answer makes the same bytes.
"""

from __future__ import annotations

import io
import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from scaup.answers import FORMULA, Answer, no_rows, plain_text, visible
from scaup.errors import UsageError

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_575  # a sheet's rows, without the one of the names
MOST_COLUMNS = 16_384
MOST_LETTERS = 32_767  # of one cell
EXACT = 2**53  # beyond, a spreadsheet's number is not the whole number that it stands for
CUT = "… (cut: a spreadsheet's cell holds no more)"
FIRST_DAY = date(1900, 3, 1)  # before, spreadsheets count a day that never was


def to_xlsx(answer: Answer) -> bytes:
    """A workbook with the rows on one sheet and what is said about them on another. Times are UTC.

    What a spreadsheet would not hold exactly (large whole numbers, decimals, early dates) is text. Raises
    UsageError when there are more rows or columns than a sheet has.
    """
    if answer.row_count > MOST_ROWS or len(answer.columns) > MOST_COLUMNS:
        raise UsageError(
            f"{answer.row_count:,} rows of {len(answer.columns):,} columns do not fit on a sheet, which has "
            f"{MOST_ROWS:,} and {MOST_COLUMNS:,}. Narrow the question, or write Parquet or CSV."
        )
    import xlsxwriter

    content = io.BytesIO()
    settings = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(content, settings) as book:
        made = answer.as_of.astimezone(UTC).replace(tzinfo=None) if answer.as_of.tzinfo else answer.as_of
        book.set_properties({"title": _text(answer.title or answer.name), "created": made})
        _rows(book, answer)
        _about(book, answer)
    return content.getvalue()


def _rows(book: Workbook, answer: Answer) -> None:
    sheet = book.add_worksheet("rows")
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    formats = _formats(book)
    for place, name in enumerate(answer.columns):
        sheet.write_string(0, place, _text(name), head)
        shown = [len(name) / 2, *(len(plain_text(row[place])) for row in answer.rows[:50])]
        sheet.set_column(place, place, min(max(shown) + 2, 60))
    for line, row in enumerate(answer.rows, start=1):
        for place, value in enumerate(row):
            _write(sheet, line, place, value, formats)
    if not answer:
        sheet.write_string(1, 0, _text(no_rows(answer)), formats["text"])
    sheet.freeze_panes(1, 0)
    if answer:
        sheet.autofilter(0, 0, answer.row_count, len(answer.columns) - 1)


def _about(book: Workbook, answer: Answer) -> None:
    sheet = book.add_worksheet("about")
    formats = _formats(book)
    facts = [
        ("question", answer.title or answer.name),
        ("name", answer.name),
        *(
            (f"parameter {name}", plain_text(value))
            for name, value in answer.parameters.items()
            if value is not None
        ),
        (
            "rows",
            f"{answer.row_count}" + (f", cut by {answer.cut_by}: there may be more" if answer.cut_by else ""),
        ),
        ("snapshot", answer.snapshot_id),
        ("as of", plain_text(answer.as_of)),
        ("SQL sha256", answer.sql_sha256),
        ("result sha256", answer.result_sha256),
        ("times", "UTC, to the millisecond"),
        *((f"column {name}", text) for name, text in answer.descriptions.items()),
    ]
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for line, (name, text) in enumerate(facts):
        _write(sheet, line, 0, name, formats)
        _write(sheet, line, 1, text, formats)


def _formats(book: Workbook) -> dict[str, Format]:
    # A quoted cell stays text when somebody edits it, or saves it in another format and opens that.
    return {
        "text": book.add_format({"num_format": "@"}),
        "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
        "number": book.add_format(),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }


def _write(sheet: Worksheet, line: int, place: int, value: object, formats: dict[str, Format]) -> None:
    """One cell, with the type that it is given here and no other."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, int | float) and _is_exact(value):
        sheet.write_number(line, place, value)
    elif isinstance(value, Decimal) and value == Decimal(repr(float(value))):
        sheet.write_number(line, place, float(value))
    elif isinstance(value, datetime) and value.date() >= FIRST_DAY:
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(line, place, moment, formats["moment"])
    elif isinstance(value, date) and not isinstance(value, datetime) and value >= FIRST_DAY:
        sheet.write_datetime(line, place, datetime.combine(value, time()), formats["day"])
    else:
        text = _text(plain_text(value))
        sheet.write_string(line, place, text, formats["quoted" if FORMULA.match(text) else "text"])


def _is_exact(value: int | float) -> bool:
    return abs(value) <= EXACT if isinstance(value, int) else math.isfinite(value)


def _text(text: str) -> str:
    """Text whose every character shows, cut visibly at what a cell holds."""
    shown = visible(text)
    return shown if len(shown) <= MOST_LETTERS else shown[: MOST_LETTERS - len(CUT)] + CUT
