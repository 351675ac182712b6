"""The database: the only `duckdb.connect`, and how a published snapshot is opened.

A snapshot is opened read-only and locked down: no file but its own can be reached, no extension
can be loaded, no setting can be changed. That is one layer; `scaup.sandbox` adds the others for
statements that people type.
"""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import re
import sys
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb

from scaup.errors import MissingInput, UsageError, nearest
from scaup.home import Home
from scaup.project import Catalogue, read_catalogue
from scaup.spill import spill_folder, spill_limit

SNAPSHOT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
WAREHOUSE_FILE = "warehouse.duckdb"
REFUSED = "failed-"  # the name of a build that was not published begins with it


def quoted(text: str | Path) -> str:
    """A string literal, for the places where DuckDB cannot bind (paths, settings).

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted name of a table or column.

    >>> print(identifier("account_id"))
    "account_id"
    """
    return '"' + name.replace('"', '""') + '"'


def connect(
    path: Path | None = None,
    *,
    read_only: bool = False,
    memory_limit: str = "2GiB",
    threads: int | None = None,
    spill: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open a database file, or one in memory: UTC, no extensions fetched, no Python variables as tables.

    `spill` is where what does not fit into `memory_limit` may be written; None = nowhere, so a
    query that does not fit fails instead of filling a disk.
    """
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "python_enable_replacements": "false",
        "memory_limit": memory_limit,
        "temp_directory": str(spill) if spill else "",
    }
    if threads:
        settings["threads"] = threads
    connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=settings)
    if _setting(connection, "TimeZone") != "UTC":
        connection.execute("set global TimeZone = 'UTC'")
    return connection


def _setting(connection: duckdb.DuckDBPyConnection, name: str) -> object:
    [(value,)] = connection.execute(f"select current_setting({quoted(name)})").fetchall()
    return value


def connect_locked(
    path: Path, *, memory_limit: str = "2GiB", threads: int | None = None, spill: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a file to read it and nothing else. Nothing that is run on it can lift that, nor spill more
    than `scaup.spill` allows.

    Connections to one file in one process share its settings, so a second one finds them locked; it
    has to ask for the same `memory_limit` and `threads` as the first.
    """
    connection = connect(path, read_only=True, memory_limit=memory_limit, threads=threads, spill=spill)
    if not _setting(connection, "lock_configuration"):
        if limit := spill_limit(spill):  # given with the others when a file is opened, it is not kept to
            connection.execute(f"set max_temp_directory_size = {quoted(limit)}")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
    return connection


def execute(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, object]
) -> duckdb.DuckDBPyConnection:
    """Run one statement with bound values, without loading pandas to look at them."""
    with _without_pandas():
        return connection.execute(sql, dict(values))


class _Pandas(ModuleType):
    """Stands where pandas would, while DuckDB asks whether a bound value is one of pandas' nulls.

    DuckDB keeps the module it was given, so for anything else this one is the door to the real one. (In
    such a process a `pandas.NaT` is not taken for NULL; nothing of ours binds one.)
    """

    NaT = object()
    NA = object()

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module("pandas"), name)


_PANDAS = _Pandas("pandas")


@contextmanager
def _without_pandas() -> Iterator[None]:
    """Bind without importing pandas, unless it is loaded already.

    DuckDB compares every bound value with `pandas.NaT`, and imports pandas to do so: 0.7 seconds
    before the first row of a question.
    """
    if "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = _PANDAS
    try:
        yield
    finally:
        del sys.modules["pandas"]


@dataclass(frozen=True)
class Snapshot:
    """One published snapshot. Nothing is opened until it is needed; `as_of` is what "now" means in it."""

    id: str
    folder: Path
    spill: Path | None = None

    @property
    def warehouse(self) -> Path:
        return self.folder / WAREHOUSE_FILE

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the build wrote about itself: snapshot_id, as_of, inputs, checks, hashes."""
        return _read_json(self.folder / "manifest.json")

    @cached_property
    def catalogue(self) -> Catalogue:
        """The questions, signals and models that this snapshot was built with."""
        return read_catalogue(self.folder / "catalogue.json")

    @cached_property
    def as_of(self) -> datetime:
        """The latest instant that the snapshot knows of, in UTC."""
        moment = datetime.fromisoformat(self.manifest["as_of"])
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    @cached_property
    def reader(self) -> duckdb.DuckDBPyConnection:
        """The connection on which questions are asked; opened once, read-only and locked down."""
        return self.connection()

    def connection(
        self, *, memory_limit: str = "2GiB", threads: int | None = None
    ) -> duckdb.DuckDBPyConnection:
        """A connection of one's own to the snapshot's file, read-only and locked down."""
        return connect_locked(self.warehouse, memory_limit=memory_limit, threads=threads, spill=self.spill)


def open_snapshot(home: Home, snapshot_id: str | None = None) -> Snapshot:
    """The snapshot of that id, else the current one. Raises MissingInput when there is none.

    As long as the result lives, retention leaves the snapshot where it is: see `is_open`.
    """
    if snapshot_id is None:
        pointer = home.snapshots / "current"
        if not pointer.is_file():
            raise MissingInput(
                f"No snapshot has been published in {home.root}. "
                "`scaup build` makes one; `make demo` makes one from a made world."
            )
        snapshot_id = pointer.read_text(encoding="utf-8").strip()
    if not SNAPSHOT_NAME.fullmatch(snapshot_id):
        raise UsageError(f"{snapshot_id!r} cannot be a snapshot's id. `scaup snapshots` lists them.")
    folder = home.snapshots / snapshot_id
    if snapshot_id.startswith(REFUSED):  # in no list, but the refusal says how to look at its rows
        folder = home.staging / snapshot_id / "snapshot"
    try:  # not asked before: retention may let go of it in between
        handle = os.open(folder / WAREHOUSE_FILE, os.O_RDONLY)
    except FileNotFoundError:
        known = [found.parent.name for found in home.snapshots.glob(f"*/{WAREHOUSE_FILE}")]
        raise MissingInput(
            f"No snapshot {snapshot_id!r}.{nearest(snapshot_id, known)} `scaup snapshots` lists them."
        ) from None
    snapshot = Snapshot(snapshot_id, folder, spill_folder(home, snapshot_id))
    weakref.finalize(snapshot, os.close, handle)
    with suppress(OSError):  # a file system without locks
        fcntl.flock(handle, fcntl.LOCK_SH)
    return snapshot


def is_open(folder: Path) -> bool:
    """Whether a process has opened the snapshot in `folder` and is still at work. The operating system
    forgets it when the process dies, however it dies."""
    try:
        with (folder / WAREHOUSE_FILE).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MissingInput(f"{path} is missing: the snapshot is not whole. Build it again.") from error
    return content
