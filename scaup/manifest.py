"""What a snapshot says of itself: where it came from, what is in it, and a hash of every relation."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from scaup import __version__
from scaup.home import Home
from scaup.statements import statement
from scaup.warehouse import connect, identifier

FORMAT = 1  # of the snapshot's folder; part of its identity


@dataclass(frozen=True)
class Content:
    """A count of rows and two sums of the halves of each row's MD5, whatever the order of the rows. What is
    put into a table adds to them, and what is taken out takes from them."""

    rows: int
    lower: int
    upper: int

    def __add__(self, other: Content) -> Content:
        return Content(self.rows + other.rows, self.lower + other.lower, self.upper + other.upper)

    def __sub__(self, other: Content) -> Content:
        return Content(self.rows - other.rows, self.lower - other.lower, self.upper - other.upper)

    @property
    def hash(self) -> dict[str, Any]:
        """What manifest.json says: the count, and sha256 over the three as text joined by colons. It tells
        whether two builds hold the same rows; it is no seal against someone who makes rows to fit."""
        told = f"{self.rows}:{self.lower}:{self.upper}"
        return {"rows": self.rows, "sha256": hashlib.sha256(told.encode()).hexdigest()}


def content(connection: duckdb.DuckDBPyConnection, relation: str) -> Content:
    """The content of `schema.name`, every row of which is read."""
    quoted_name = ".".join(identifier(part) for part in relation.split("."))
    found = connection.execute(statement("content_hash", relation=quoted_name)).fetchall()[0]
    return Content(*map(int, found))


def content_hash(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, Any]:
    """Row count and a hash of `schema.name` that does not depend on the order of rows."""
    return content(connection, relation).hash


def snapshot_id(as_of: datetime, relations: Mapping[str, Any], catalogue: Mapping[str, Any]) -> str:
    """The day a snapshot knows up to, and a hash of all that a reader can see in it: the same rows and
    the same questions give the same id, whenever and wherever they were built."""
    seen = json.dumps([FORMAT, relations, catalogue], sort_keys=True).encode()
    return f"{as_of:%Y-%m-%d}-{hashlib.sha256(seen).hexdigest()[:12]}"


def manifest_of(
    *,
    home: Home,
    project: Path,
    loads: Sequence[str],
    built_at: datetime,
    as_of: datetime,
    relations: Mapping[str, Any],
    catalogue: Mapping[str, Any],
    checks: Mapping[str, int],
    warehouse: Path,
) -> dict[str, Any]:
    """The content of manifest.json. The file's own hash is no part of the snapshot's identity: the same rows
    lie otherwise in it when they were added load by load."""
    return {
        "snapshot_id": snapshot_id(as_of, relations, catalogue),
        "format": FORMAT,
        "built_at": built_at.isoformat(timespec="milliseconds"),
        "as_of": as_of.isoformat(),
        "scaup_version": __version__,
        "code": code_revision(project),
        "dependencies_sha256": _sha256_of(project / "requirements.lock"),
        "inputs": [_input(home, load) for load in loads],
        "relations": dict(relations),
        "warehouse_sha256": file_sha256(warehouse),
        "checks": dict(checks),
    }


def code_revision(project: Path) -> dict[str, Any]:
    """The checkout's commit and whether anything was changed since; both null outside git."""

    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(
                ["git", "-C", str(project), *words], capture_output=True, text=True, timeout=20, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    changes = git("status", "--porcelain")
    return {"revision": git("rev-parse", "HEAD"), "is_changed": None if changes is None else bool(changes)}


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def quarantined(home: Home, loads: Sequence[str]) -> list[tuple[str, str, str, int]]:
    """(load, table, reason, rows) of what was set aside on its way into the lake."""
    found: list[tuple[str, str, str, int]] = []
    with connect() as connection:
        for load in loads:
            path = home.lake / load / "quarantine.parquet"
            if path.is_file():
                counted = connection.execute(statement("quarantined"), [str(path)]).fetchall()
                found += [(load, *row) for row in counted]
    return found


def _input(home: Home, load: str) -> dict[str, Any]:
    told = json.loads((home.lake / load / "manifest.json").read_text(encoding="utf-8"))
    return {key: told.get(key) for key in ("load_id", "loaded_at", "adapter", "files")}


def _sha256_of(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
