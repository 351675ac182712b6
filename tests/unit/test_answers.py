"""How answers are written down: exact for machines, readable and harmless for people."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scaup.answers import (
    Answer,
    json_text,
    no_rows,
    plain_text,
    to_csv,
    to_html,
    to_json,
    to_jsonl,
    to_markdown,
    to_parquet,
    unique,
    visible,
)
from scaup.terminal import on_terminal
from scaup.warehouse import connect

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def answer(columns: dict[str, str], *rows: tuple[object, ...], **more: Any) -> Answer:
    """An answer with these columns (name: type) and rows."""
    return Answer(
        name="rows",
        columns=tuple(columns),
        types=tuple(columns.values()),
        rows=rows,
        sql_sha256="0" * 64,
        parameters={"account_id": "a<b>"},
        snapshot_id="s1",
        as_of=NOON,
        elapsed_ms=1.0,
        **more,
    )


MIXED = answer(
    {
        "id": "VARCHAR",
        "count": "BIGINT",
        "share": "DOUBLE",
        "money": "DECIMAL(38,2)",
        "huge": "HUGEINT",
        "at": "TIMESTAMP WITH TIME ZONE",
        "day": "DATE",
        "is_open": "BOOLEAN",
        "names": "VARCHAR[]",
        "evidence": "JSON",
        "nothing": "VARCHAR",
    },
    (
        *("acc_1", 9007199254740993, 0.1, Decimal("12345678901234567890.10"), 2**100, NOON),
        *(date(2026, 5, 1), True, ["a", "b"], '{"seen": 1.10, "limit": 1}', None),
    ),
    ("", -1, float("nan"), Decimal("0.00"), 0, NOON, date(2026, 5, 1), False, [], '"text"', None),
)


def test_json_lines_are_strict_and_exact() -> None:
    lines = to_jsonl(MIXED).splitlines()
    first, second = (json.loads(line, parse_float=Decimal, parse_constant=pytest.fail) for line in lines)
    assert first["count"] == 9007199254740993 and first["huge"] == 2**100
    assert first["money"] == Decimal("12345678901234567890.10")
    assert (first["at"], first["day"], first["nothing"]) == ("2026-05-01T12:00:00Z", "2026-05-01", None)
    assert first["evidence"] == {"seen": Decimal("1.10"), "limit": 1}
    assert (second["share"], second["evidence"], second["names"]) == ("nan", "text", [])


@pytest.mark.parametrize(
    "text", ["{'a': 1}", '{"a": NaN}', '{"a": 1,}', '{"a": 1, "a": 2}', "[" * 100_000, ""]
)
def test_what_is_no_strict_json_stays_text(text: str) -> None:
    assert json.loads(json_text(text, "JSON")) == text


def test_the_json_document_says_what_it_answers() -> None:
    document = json.loads(to_json(MIXED))
    assert document["question"] == "rows" and document["row_count"] == 2
    assert document["columns"][1] == {"name": "count", "type": "BIGINT"}
    assert document["result_sha256"] == MIXED.result_sha256
    assert json.loads(to_json(answer({"a": "BIGINT"})))["rows"] == []


def test_parquet_keeps_types_and_values(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(to_parquet(MIXED))
    with connect() as connection:
        stored = connection.execute("select * from read_parquet(?)", [str(path)])
        assert [str(column[1]) for column in stored.description][:7] == [
            *(
                "VARCHAR",
                "BIGINT",
                "DOUBLE",
                "DECIMAL(38,2)",
                "DECIMAL(38,0)",
                "TIMESTAMP WITH TIME ZONE",
                "DATE",
            )
        ]  # Parquet has no 128-bit integer
        rows = stored.fetchall()
    assert rows[0][:9] == MIXED.rows[0][:9]
    assert rows[1][0] == "" and rows[1][10] is None


def test_parquet_of_no_rows_has_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(to_parquet(answer({"a": "BIGINT", 'odd "name"': "VARCHAR[]"})))
    with connect() as connection:
        stored = connection.execute("select * from read_parquet(?)", [str(path)])
        assert [column[0] for column in stored.description] == ["a", 'odd "name"']
        assert stored.fetchall() == []


def test_csv_tells_null_from_empty_text() -> None:
    assert to_csv(answer({"a": "VARCHAR", "b": "VARCHAR"}, ("", None))) == 'a,b\r\n"",\r\n'


GUARDED = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r=1",
    " =1",
    "\ufeff=1",
    "\u200b=1",
    "＝1",
    "－1",
    "−1",
    "\n=1",
]


@pytest.mark.parametrize("text", [*GUARDED, "x=1", "1-1"])
def test_csv_for_people_guards_formulas_and_raw_does_not(text: str) -> None:
    rows = answer({"a": "VARCHAR", "b": "BIGINT"}, (text, -5))
    [_, [guarded, number]] = csv.reader(io.StringIO(to_csv(rows), newline=""))
    assert guarded == ("'" if text in GUARDED else "") + visible(text) and number == "-5"
    [_, [raw, _]] = csv.reader(io.StringIO(to_csv(rows, raw=True), newline=""))
    assert raw == text


def test_markdown_cells_hold_no_markup() -> None:
    text = to_markdown(answer({"a_b": "VARCHAR"}, ("a|b*c_d_ <b> [x](y) `z`",)))
    assert text.splitlines()[2] == "| a\\|b\\*c_d\\_ \\<b\\> \\[x\\]\\(y\\) \\`z\\` |"


def test_html_is_one_file_that_fetches_and_runs_nothing() -> None:
    page = to_html(answer({"a": "VARCHAR"}, ("<script>alert(1)</script>",), title="What <b>happened</b>?"))
    assert "<script" not in page and "&lt;script&gt;" in page and "What &lt;b&gt;" in page
    assert "default-src 'none'" in page and "http" not in page.replace("http-equiv", "")
    assert "a&lt;b&gt;" in page and "result sha256" in page


def test_the_same_answer_is_the_same_page() -> None:
    assert to_html(MIXED) == to_html(MIXED)


def test_no_rows_are_put_into_words_everywhere() -> None:
    nothing = answer({"a": "BIGINT"}, empty="It was quiet.", absent_inputs=("logins",))
    assert no_rows(nothing).startswith("No data in logins")
    assert "No data in logins" in to_html(nothing) and "No data in logins" in to_markdown(nothing)


def test_names_of_columns_are_made_unique() -> None:
    assert unique(["a", "a", "a_2", "a"]) == ("a", "a_2", "a_2_2", "a_3")


def test_text_shows_every_character() -> None:
    assert visible("a\x1b[31m\u202eb\n\x9b") == "a\\x1b[31m\\u202eb\\n\\x9b"
    assert visible("Zoë 東京 🦆") == "Zoë 東京 🦆"


def test_values_as_text_are_complete() -> None:
    assert plain_text(b"\x00\xff") == "00ff"
    assert plain_text(timedelta(seconds=-0.5)) == "-1 days 23:59:59.500000"
    assert plain_text(timedelta(days=1)) == "1 days 00:00:00"
    assert plain_text({"a": [1, None]}) == '{"a": [1, null]}'


# ---- the terminal ----------------------------------------------------------------------------


def widths(text: str) -> set[int]:
    return {len(line) for line in text.splitlines()}


def test_a_table_fits_the_terminal_and_aligns_numbers() -> None:
    screen = on_terminal(
        answer({"account_id": "VARCHAR", "request_count": "BIGINT"}, ("acc_1", 7), ("acc_2", 12345)), 80
    )
    lines = [line.rstrip() for line in screen.text.splitlines()]
    assert lines[-2:] == ["acc_1            7", "acc_2       12,345"]
    assert screen.hidden == () and max(widths(screen.text)) <= 80


def test_columns_that_do_not_fit_are_named() -> None:
    wide = answer({f"column_number_{place}": "VARCHAR" for place in range(12)}, *[("some text",) * 12] * 6)
    screen = on_terminal(wide, 80)
    assert max(widths(screen.text)) <= 80
    assert screen.hidden == wide.columns[-len(screen.hidden) :] and 0 < len(screen.hidden) < 12


def test_few_wide_rows_become_records_with_every_value() -> None:
    text = "x" * 200
    screen = on_terminal(answer({f"c{place}": "VARCHAR" for place in range(12)}, (text,) * 12), 80)
    assert screen.hidden == () and screen.text.count("x") == 200 * 12 and max(widths(screen.text)) <= 80


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for records in (False, True):
        assert max(widths(on_terminal(MIXED, width, records=records).text)) <= width


def test_wide_letters_take_two_cells() -> None:
    screen = on_terminal(answer({"name": "VARCHAR", "n": "BIGINT"}, ("東京", 1), ("ab", 1)), 80)
    assert screen.text.splitlines()[-2:] == ["東京  1", "ab    1"]


def test_data_is_never_markup_on_a_terminal() -> None:
    screen = on_terminal(answer({"a": "VARCHAR"}, ("[red]x[/red] \x1b[31m :duck:",)), 80, color=True)
    assert "[red]x[/red] \\x1b[31m :duck:" in screen.text


def test_numbers_of_a_column_share_their_decimals() -> None:
    screen = on_terminal(answer({"share": "DOUBLE"}, (0.5,), (0.123456,), (None,)), 80)
    assert [line.strip() for line in screen.text.splitlines()[-3:]] == ["0.500", "0.123", "·"]
