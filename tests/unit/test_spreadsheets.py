"""Spreadsheets, read back by another library: types, exactness, and what is said about the rows."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from scaup.answers import Answer
from scaup.errors import UsageError
from scaup.spreadsheets import MOST_LETTERS, to_xlsx

NOON = datetime(2026, 5, 1, 12, 0, 0, 250000, tzinfo=UTC)


def answer(columns: dict[str, str], *rows: tuple[object, ...], **more: object) -> Answer:
    return Answer(
        name="rows", columns=tuple(columns), types=tuple(columns.values()), rows=rows, sql_sha256="0" * 64,
        parameters={"account_id": "=1+1"}, snapshot_id="s1", as_of=NOON, elapsed_ms=1.0, **more,
    )  # fmt: skip


def cells(found: Answer, sheet: str = "rows") -> list[list[tuple[str, object]]]:
    """The type and value of every cell, as openpyxl reads them."""
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(found)))
    return [[(cell.data_type, cell.value) for cell in line] for line in book[sheet].iter_rows()]


def test_numbers_times_and_truths_keep_their_types() -> None:
    found = answer(
        {
            "n": "BIGINT",
            "share": "DOUBLE",
            "money": "DECIMAL(9,2)",
            "at": "TIMESTAMPTZ",
            "day": "DATE",
            "is": "BOOLEAN",
        },
        (7, 0.1, Decimal("1.10"), NOON, date(2026, 5, 1), True),
    )
    assert cells(found)[1] == [
        *(("n", 7), ("n", 0.1), ("n", 1.1)),
        *(("d", datetime(2026, 5, 1, 12, 0, 0, 250000)), ("d", datetime(2026, 5, 1)), ("b", True)),
    ]


def test_what_a_sheet_would_not_hold_exactly_is_text() -> None:
    odd = (2**53 + 1, Decimal("12345678901234567.89"), date(1850, 1, 1), float("inf"), b"\x00\xff", ["=a", 1])
    found = answer({f"c{place}": "VARCHAR" for place in range(len(odd))}, odd)
    assert [kind for kind, _ in cells(found)[1]] == ["s"] * len(odd)
    assert cells(found)[1][0][1] == "9007199254740993" and cells(found)[1][2][1] == "1850-01-01"


def test_null_is_an_empty_cell_and_no_rows_are_put_into_words() -> None:
    assert cells(answer({"a": "VARCHAR", "b": "VARCHAR"}, (None, "x")))[1] == [("n", None), ("s", "x")]
    nothing = answer({"a": "VARCHAR"}, empty="It was quiet.", absent_inputs=("logins",))
    assert "No data in logins" in str(cells(nothing)[1][0][1])


def test_a_text_too_long_for_a_cell_is_cut_visibly() -> None:
    text = str(cells(answer({"a": "VARCHAR"}, ("x" * 40_000,)))[1][0][1])
    assert len(text) == MOST_LETTERS and "cut:" in text


def test_what_is_said_about_the_rows_goes_with_them() -> None:
    about = {
        name: value
        for (_, name), (_, value) in cells(answer({"a": "BIGINT"}, (1,), cut_by="--rows 1"), "about")
    }
    assert about["snapshot"] == "s1" and "cut by --rows 1" in str(about["rows"])
    assert about["parameter account_id"] == "=1+1"


def test_the_same_answer_makes_the_same_bytes_and_no_part_that_acts() -> None:
    found = answer({"a": "VARCHAR"}, ("http://example.com",), ("=1+1",))
    assert to_xlsx(found) == to_xlsx(found)
    with zipfile.ZipFile(io.BytesIO(to_xlsx(found))) as parts:
        text = b"".join(parts.read(name) for name in parts.namelist())
        assert not {name for name in parts.namelist() if "vba" in name or "external" in name.lower()}
    assert b"<f>" not in text and b"<hyperlink" not in text


def test_more_rows_than_a_sheet_has_are_refused_with_the_way_out() -> None:
    with pytest.raises(UsageError, match="Parquet"):
        to_xlsx(answer({"a": "BIGINT"}, *[(1,)] * 1_048_576))
