"""One load's scratch database: a connection with a folder for what is in between, and its tables.

    shares        which file of a landing has the rows whose number is above `after`
    misfits       lines that have no shape to be judged by, per file
    quarantined   rows that did not fit a table, with their reason
    accepted_<table>   identity and day of each row that fits
    dropped_<table>    rows that are not stored: misfits, repeated ones, contradicting ones

Everything goes with the load's folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from scaup.statements import statement
from scaup.warehouse import connect, execute, quoted

GLOB = str.maketrans({"[": "[[]", "*": "[*]", "?": "[?]"})


def exact_list(*paths: Path) -> str:
    """Paths as a list for DuckDB's readers, which would take `*`, `?` and `[` in them for patterns.

    A folder stands for the Parquet files in it.

    >>> exact_list(Path("a*.parquet"))
    "['a[*].parquet']"
    """
    names = [str(path).translate(GLOB) + ("/*.parquet" if path.is_dir() else "") for path in paths]
    return f"[{', '.join(map(quoted, names))}]"


def read_parquet(*paths: Path, options: str = "") -> str:
    """A relation of Parquet files, or of those in a folder; what is in a path is never a column."""
    return f"read_parquet({exact_list(*paths)}, hive_partitioning = false{options})"


@dataclass
class Workbench:
    """Runs the statements of a load. `folder` is private to it and may grow with the load."""

    connection: duckdb.DuckDBPyConnection
    folder: Path

    def rows(self, sql: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        return execute(self.connection, sql, values or {}).fetchall()

    def run(self, sql: str, values: Mapping[str, object] | None = None) -> None:
        self.rows(sql, values)

    def is_to_blame(self, error: duckdb.Error) -> bool:
        """Whether an error is about the load's own folder, as when the disk is full, and not about a file
        that was handed in."""
        return isinstance(error, duckdb.IOException) and str(self.folder) in str(error)

    def number(self, sql: str, values: Mapping[str, object] | None = None) -> int:
        """The first value of the first row: a count, or how many rows a statement changed."""
        return int(self.rows(sql, values)[0][0])

    def copy(
        self,
        sql: str,
        target: Path,
        values: Mapping[str, object] | None = None,
        options: str = "format parquet",
    ) -> int:
        """Write rows to a file or folder; returns how many."""
        return self.number(f"copy (\n{sql}\n) to {quoted(target)} ({options})", values)


def open_workbench(folder: Path, memory_limit: str) -> Workbench:
    """A workbench with its shared tables, spilling into its folder."""
    folder.mkdir()
    bench = Workbench(connect(memory_limit=memory_limit, spill=folder / "spill"), folder)
    bench.connection.execute("set preserve_insertion_order = false")
    bench.connection.execute(statement("intake/begin"))
    return bench
