"""The quarantine: rows that did not fit, with one reason each, their text and their line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scaup.contract import read_contract
from scaup.errors import MissingInput
from scaup.home import Home
from scaup.lake import QUARANTINE, find_load, manifests
from scaup.statements import statement
from scaup.warehouse import connect, execute
from scaup.workbench import read_parquet


@dataclass(frozen=True)
class Reason:
    """How often one table's rows broke one rule, and in how many files."""

    table: str
    reason: str
    rows: int
    files: int


@dataclass(frozen=True)
class Row:
    """One row that did not fit. `line` is a physical line of a text file, or a row of Parquet."""

    load_id: str
    file: str
    line: int
    table: str
    reason: str
    raw: str


def reasons_by_load(home: Home) -> list[tuple[str, Reason]]:
    """The reasons of each load that was not retried, the oldest load first.

    Raises MissingInput when nothing has been loaded.
    """
    rows = _rows_of(_folders(home, None), home)
    with connect() as connection:
        found = execute(connection, statement("intake/reasons_by_load", rows=rows), {}).fetchall()
    return [(load_id, Reason(*reason)) for load_id, *reason in found]


def read_quarantine(
    home: Home, load_id: str | None = None, table: str | None = None, limit: int = 20
) -> tuple[list[Reason], list[Row]]:
    """The reasons, the most frequent first, and up to `limit` rows, spread over the reasons.

    A load that was retried is left out: its files were read again whole, by the load that retried it.

    Raises MissingInput when there is no such load, UsageError when there is no such table.
    """
    if table:
        read_contract().table(table)
    rows = _rows_of(_folders(home, load_id), home)
    with connect() as connection:
        values = {"table": table}
        reasons = execute(connection, statement("intake/reasons", rows=rows), values).fetchall()
        examples = execute(
            connection, statement("intake/examples", rows=rows), {**values, "limit": limit}
        ).fetchall()
    return [Reason(*reason) for reason in reasons], [Row(*example) for example in examples]


def _rows_of(folders: list[Path], home: Home) -> str:
    if not folders:
        raise MissingInput(f"Nothing has been loaded into {home.lake}. `scaup ingest` loads files.")
    return read_parquet(*(folder / QUARANTINE for folder in folders), options=", filename = true")


def _folders(home: Home, load_id: str | None) -> list[Path]:
    known = manifests(home)
    retried = {manifest.get("retry_of") for manifest in known}
    chosen = (
        [find_load(home, load_id)] if load_id else [one for one in known if one["load_id"] not in retried]
    )
    return [home.lake / manifest["load_id"] for manifest in chosen]
