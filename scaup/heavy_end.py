"""What Spark built of the lake, taken over by a build on DuckDB: a folder that `scaup.spark` wrote.

    prints.json                 what each table depends on, as `scaup.reuse` has it
    types.json                  what types its columns have on DuckDB
    <schema>/<table>/*.parquet  its rows

A table whose print is the same here and there has the same rows, so it is read and not computed; any
other is computed, and the build says why. Nobody has to say that a folder is out of date.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from scaup.errors import MissingInput
from scaup.growth import some_of
from scaup.home import plain_path
from scaup.prints import PRINTS_FILE, Earlier, Print
from scaup.reuse import Kept
from scaup.statements import statement
from scaup.warehouse import connect, identifier

TYPES_FILE = "types.json"
TYPE = re.compile(r"[A-Z][A-Z0-9_ ]*(\(\d+(, ?\d+)?\))?(\[\])*")
HEAVY = ("intermediate", "features")


@dataclass(frozen=True)
class Taken:
    """Relations that were taken over, as schema.name, and those of the folder that no longer hold."""

    folder: Path
    relations: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def kept(self) -> Kept:
        """They count as kept: dbt does not run them, and checks them."""
        built = Earlier(self.folder, "Spark", {}, {})
        return Kept(dict.fromkeys(self.relations, built), {})

    @property
    def lines(self) -> list[str]:
        """What to tell whoever waits for the build."""
        count = len(self.relations)
        told = [f"Reading {count} table{'s' if count != 1 else ''} that Spark built."]
        if self.stale:
            names = some_of([one.split(".")[-1] for one in self.stale])
            told.append(f"Computing {len(self.stale)} that Spark built of other rows or models: {names}.")
        return told


def take_over(
    folder: Path, prints: Mapping[str, Print], warehouse: Path, *, spill: Path, memory_limit: str
) -> Taken:
    """Read every table of the folder whose print holds into the database file `warehouse`, in the types
    that it has on DuckDB. Raises MissingInput when the folder is not one that `scaup.spark` finished,
    UsageError when its path is odd."""
    plain_path(folder, "folder", "--heavy-end")
    try:
        known = json.loads((folder / PRINTS_FILE).read_text(encoding="utf-8"))
        types = json.loads((folder / TYPES_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MissingInput(
            f"{folder} is not what Spark built: {PRINTS_FILE} or {TYPES_FILE} cannot be read. "
            "`python -m scaup.spark LAKE FOLDER` makes such a folder."
        ) from error
    built = [name for name in sorted(types) if any((folder / name.replace(".", "/")).glob("*.parquet"))]
    holding = [
        name
        for name in built
        if name in prints
        and prints[name].is_table
        and known.get(name, {}).get("sha256") == prints[name].sha256
    ]
    with connect(warehouse, memory_limit=memory_limit, spill=spill) as connection:
        for name in holding:
            schema, table = (identifier(part) for part in name.split("."))
            parts = {"schema": schema, "table": table, "columns": _columns(types[name], folder)}
            files = str(folder / name.replace(".", "/") / "*.parquet")
            connection.execute(f"create schema if not exists {schema}")
            try:
                connection.execute(statement("spark/taken_table", **parts, files=files))
            except duckdb.Error as error:
                raise MissingInput(
                    f"{name} in {folder} cannot be read: {str(error).splitlines()[0]}\n"
                    "`python -m scaup.spark LAKE FOLDER` writes it anew, into another folder."
                ) from error
        connection.execute("checkpoint")
    return Taken(folder, tuple(holding), tuple(name for name in built if name not in holding))


def _columns(types: Mapping[str, str], folder: Path) -> list[tuple[str, str]]:
    """Names and types, once it is sure that a type is no other SQL: the folder may be anybody's."""
    for column, type_ in types.items():
        if not TYPE.fullmatch(str(type_)):
            raise MissingInput(
                f"{folder / TYPES_FILE} says that {column!r} is of the type {type_!r}, which is "
                "none of DuckDB's. `python -m scaup.spark LAKE FOLDER` writes it anew."
            )
    return list(types.items())
