"""Rows made from the raw contract: valid ones, and valid ones with one thing broken."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaup.contract import Column, Table
from scaup.warehouse import connect, identifier, quoted

MOMENT = "2026-03-01T10:00:00Z"
DAY = "2026-03-01"
ABSENT = object()


@dataclass(frozen=True)
class Cut:
    """One broken thing: the column, the value in its place, and the reason that has to be given."""

    column: str
    value: Any
    reason: str


def valid_row(table: Table, number: int) -> dict[str, Any]:
    """A row that fits, with an identity of its own, as JSON would have it."""
    return {column.name: _valid(column, number) for column in table.columns}


def _valid(column: Column, number: int) -> Any:
    if column.values:
        return column.values[number % len(column.values)]
    low = column.minimum or 0
    high = low + 5 if column.maximum is None else column.maximum
    return {
        "varchar": f"{column.name}_{number}",
        "bigint": int(min(low + number, high)) if not column.key else int(low) + number,
        "ubigint": 2**64 - 1 - number,
        "double": low + (high - low) / 2,
        "boolean": number % 2 == 0,
        "timestamptz": MOMENT,
        "date": DAY,
        "varchar[]": ["one", f"two {number}"],
        "bigint[]": [1, -number],
        "json": {"number": number},
    }[column.type]


def cuts(table: Table, form: str) -> Iterator[Cut]:
    """Everything that can be broken in a row of a table, once each, in one format."""
    for column in table.columns:
        name, article = column.name, "an" if column.type[0] in "aeiou" else "a"
        if not column.nullable:
            yield Cut(name, None, f"{name}: missing")
            if column.type == "varchar":
                yield Cut(name, "", f"{name}: missing")
            if form == "jsonl":
                yield Cut(name, ABSENT, f"{name}: missing")
        for value in _of_another_type(column.type, form):
            yield Cut(name, value, f"{name}: not {article} {column.type}")
        if column.minimum is not None:
            yield Cut(name, column.minimum - 1, f"{name}: below {column.minimum}")
        if column.maximum is not None:
            yield Cut(name, column.maximum + 1, f"{name}: above {column.maximum}")
        if column.values:
            listed = ", ".join(column.values)
            yield Cut(name, "unheard_of", f"{name}: not one of {listed}")


def _of_another_type(kind: str, form: str) -> Sequence[Any]:
    texts: dict[str, Sequence[Any]] = {
        "bigint": ["many", "1.9", "1e3", " 7", "9223372036854775808"],
        "ubigint": ["-1", "ff", "18446744073709551616"],
        "double": ["half", "nan", "inf", "0,5", "1e999"],
        "boolean": ["perhaps", "2"],
        "timestamptz": [
            "yesterday",
            "2026-03-01",
            "2026-02-30T00:00:00Z",
            "1772323200",
            "2026-03-01T25:00:00Z",
        ],
        "date": ["2026-02-30", "01.03.2026", MOMENT],
        "varchar[]": ["one", "[1]", '["one",]', '["one", null]'],
        "bigint[]": ["1", "[1.5]", '["x"]'],
        "json": ["{"],
        "varchar": [],
    }
    if form != "jsonl":
        return texts[kind]
    values: dict[str, Sequence[Any]] = {
        "varchar": [5, True, ["one"], {"a": 1}],
        "bigint": [1.9, 1.0, "7", True, 2**63, [1]],
        "ubigint": [-1, 1.5, 2**64, "0x1"],
        "double": ["0.5", True],
        "boolean": ["true", 1, 0],
        "timestamptz": [1772323200, "2026-03-01", "2026-02-30T00:00:00Z"],
        "date": [20260301, "2026-02-30"],
        "varchar[]": ["one", [1], ["one", None], [["one"]], {}],
        "bigint[]": [1, [1.5], ["1"], [None]],
        "json": [],
    }
    return values[kind]


def write_csv(path: Path, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Rows as CSV; row n is on line n + 2."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([column.name for column in table.columns])
        writer.writerows([_text(row[column.name]) for column in table.columns] for row in rows)


def write_jsonl(path: Path, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Rows as JSON Lines; row n is on line n + 1."""
    lines = (json.dumps({name: value for name, value in row.items() if value is not ABSENT}) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_parquet(path: Path, table: Table, rows: Sequence[dict[str, Any]], typed: bool) -> None:
    """Rows as Parquet, in the contract's types or all as text; row n is row n + 1."""
    lines = [json.dumps([_text(row[column.name]) for column in table.columns]) for row in rows]
    picked = ", ".join(
        f"cast({_cell(place, column, typed)} as {column.type if typed else 'varchar'})"
        f" as {identifier(column.name)}"
        for place, column in enumerate(table.columns, 1)
    )
    with connect() as connection:
        connection.execute(
            f"copy (select {picked} from (select from_json(unnest($lines), '[\"VARCHAR\"]') as cells)) "  # noqa: S608
            f"to {quoted(path)} (format parquet)",
            {"lines": lines},
        )


def _cell(place: int, column: Column, typed: bool) -> str:
    cell = f"nullif(cells[{place}], '')" if column.type != "varchar" else f"cells[{place}]"
    if typed and column.type.endswith("[]"):
        return f"from_json({cell}, '[\"VARCHAR\"]')"
    return cell


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, list | dict) else repr(value)
