"""Adapters: how a provider's own files become the contract's tables, one SQL select per table.

    adapters/<provider>/adapter.yml     what it is, and which file feeds which tables
    adapters/<provider>/<table>.sql     one select from `input`: the file's columns and `source_line`

An adapter is code of the checkout, reviewed like a model; it is not sandboxed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import duckdb
import yaml

from scaup.contract import Contract
from scaup.errors import ScaupError, UsageError, nearest

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
# every: each row of the file is a row of this table, and one left out is quarantined.
# some: the select picks its rows; a row that no table of the file takes is quarantined.
ROWS = ("every", "some")


class BrokenAdapter(ScaupError):
    """An adapter cannot be read, or does not yield what the contract asks."""


@dataclass(frozen=True)
class AdaptedTable:
    """One table that a file feeds, and the select that makes it."""

    table: str
    rows: str
    sql: str
    path: Path

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class Adapter:
    """A provider's adapter: file name patterns, each with the tables that such a file feeds."""

    name: str
    description: str
    files: tuple[tuple[str, tuple[AdaptedTable, ...]], ...]

    def tables_of(self, path: Path) -> tuple[AdaptedTable, ...]:
        """The tables that a file feeds: those of the first pattern that its name matches."""
        return next((tables for pattern, tables in self.files if fnmatch(path.name, pattern)), ())


def read_adapter(project: Path, name: str, contract: Contract) -> Adapter:
    """The adapter of that name. Raises UsageError for an unknown one, BrokenAdapter for a bad one."""
    folder = project / "adapters"
    known = sorted(path.parent.name for path in folder.glob("*/adapter.yml"))
    if not SAFE_NAME.fullmatch(name) or name not in known:
        raise UsageError(
            f"No adapter named {name!r}.{nearest(name, known)} There are: {', '.join(known) or 'none'}."
        )
    path = folder / name / "adapter.yml"
    try:
        described = yaml.safe_load(path.read_text(encoding="utf-8"))
        files = tuple(
            (
                str(entry["match"]),
                tuple(_adapted(path, table, said, contract) for table, said in entry["tables"].items()),
            )
            for entry in described["files"]
        )
        return Adapter(name, str(described["description"]), files)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise BrokenAdapter(
            f"{path} cannot be understood ({type(error).__name__}: {error}). It needs description and files: "
            "a list of {match: pattern, tables: {table: {rows: every or some}}}."
        ) from error


def _adapted(path: Path, table: str, said: dict[str, Any] | None, contract: Contract) -> AdaptedTable:
    contract.table(table)
    rows = (said or {}).get("rows", "every")
    if rows not in ROWS:
        raise BrokenAdapter(f"{path}: rows of {table} must be one of {', '.join(ROWS)}, not {rows!r}.")
    query = path.parent / f"{table}.sql"
    if not query.is_file():
        raise BrokenAdapter(f"{path} feeds {table}, but there is no {query.name} beside it.")
    sql = query.read_text(encoding="utf-8")
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise BrokenAdapter(f"{query} is not SQL that can be read: {first_line(error)}") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise BrokenAdapter(f"{query} has to be one select.")
    return AdaptedTable(table, rows, statements[0].query.strip().rstrip(";"), query)


def first_line(error: Exception) -> str:
    """The first line of a message, without what follows."""
    return next(iter(str(error).splitlines()), type(error).__name__)
