"""The raw lake: one folder per load, seen by readers all at once or not at all.

A load is written to `lake/.parts/<load id>/`, two levels deep so that the glob
`lake/*/<table>/**/*.parquet` of the sources cannot see it, synced to disk, and moved to
`lake/<load id>/` by one rename. What a killed load left is cleared by the next one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from scaup.contract import Contract, Table
from scaup.errors import MissingInput, ScaupError
from scaup.home import Home
from scaup.statements import statement
from scaup.warehouse import connect, quoted

PARTS = ".parts"
CONTRACT = "_contract"
MANIFEST = "manifest.json"
QUARANTINE = "quarantine.parquet"


def prepare_lake(home: Home, contract: Contract) -> None:
    """Make sure that every table of the contract can be read, loaded or not.

    Writes `lake/_contract/<table>/empty.parquet`: no rows, the contract's columns. Tables that left
    the contract lose theirs. Costs nothing when it is already so.
    """
    folder = home.lake / CONTRACT
    mark = folder / "contract.sha256"
    digest = hashlib.sha256(
        repr([(t.name, [(c.name, c.type) for c in t.columns]) for t in contract.tables]).encode()
    ).hexdigest()
    if mark.is_file() and mark.read_text(encoding="utf-8") == digest:
        return
    names = {table.name for table in contract.tables}
    for old in folder.glob("*/"):
        if old.name not in names:
            shutil.rmtree(old)
    with connect() as connection:
        for table in contract.tables:
            target = folder / table.name / "empty.parquet"
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_suffix(f".{secrets.token_hex(4)}")
            connection.execute(
                f"copy ({statement('intake/empty_table', columns=table.columns)}) to {quoted(draft)} "
                "(format parquet)"
            )
            draft.replace(target)
    draft = mark.with_suffix(f".{secrets.token_hex(4)}")
    draft.write_text(digest, encoding="utf-8")
    draft.replace(mark)


class Unconfirmed(ScaupError):
    """A load became visible on a disk that then failed."""


@contextmanager
def lake_lock(home: Home, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lake's only lock; one load writes at a time. `waiting` is called before a wait.

    The operating system lets go of the lock when its holder dies, however it dies.
    """
    home.lake.mkdir(parents=True, exist_ok=True)
    with (home.lake / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def new_load_id(now: datetime | None = None) -> str:
    """An id that sorts by time: `20260301T101112-345678-9f2c`."""
    moment = now or datetime.now(UTC)
    return f"{moment:%Y%m%dT%H%M%S-%f}-{secrets.token_hex(2)}"


@contextmanager
def load_folder(home: Home, load_id: str) -> Iterator[Path]:
    """A private folder for a load, gone afterwards unless `publish` moved it. Needs the lock."""
    parts = home.lake / PARTS
    shutil.rmtree(parts, ignore_errors=True)
    folder = parts / load_id
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(parts, ignore_errors=True)


def publish(home: Home, folder: Path) -> Path:
    """Sync a finished load to disk and make it visible by one rename. Returns where it now is.

    When the disk does not confirm the rename, it is undone; raises Unconfirmed when that cannot be done.
    """
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(parent) / name)
        sync(Path(parent))
    target = home.lake / folder.name
    folder.rename(target)
    try:
        sync(home.lake)
    except OSError as error:
        try:
            target.rename(folder)
        except OSError:
            raise Unconfirmed(
                f"Load {folder.name} is in the lake, but the disk does not confirm that it stays there: "
                f"{error.strerror}. Mend the disk, then look with `scaup loads` whether it is there."
            ) from error
        raise
    return target


def manifests(home: Home) -> list[dict[str, Any]]:
    """The manifests of all loads, oldest first."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in home.lake.glob(f"[!._]*/{MANIFEST}")]
    return sorted(found, key=lambda manifest: str(manifest["load_id"]))


def find_load(home: Home, load_id: str) -> dict[str, Any]:
    """One load's manifest, by its id or an unmistakable beginning or end of it."""
    known = manifests(home)
    found = [m for m in known if m["load_id"].startswith(load_id) or m["load_id"].endswith(load_id)]
    exact = [m for m in found if m["load_id"] == load_id]
    if len(exact or found) != 1:
        how = "No load" if not found else "More than one load"
        raise MissingInput(f"{how} {load_id!r} in {home.lake}. `scaup loads` lists them.")
    return (exact or found)[0]


def lake_files(home: Home, table: Table) -> list[Path]:
    """The files that hold a table's rows, of all loads."""
    return sorted(home.lake.glob(f"[!._]*/{table.name}/**/*.parquet"))


@dataclass(frozen=True)
class Damage:
    """A file of the lake that cannot be read, and what the reader says of it."""

    load_id: str
    path: Path
    reason: str

    @property
    def told(self) -> str:
        """What happened, and the next step."""
        return (
            f"{self.path} is damaged: {self.reason} `scaup loads remove {self.load_id} --reason …` takes its "
            "load out; `scaup ingest` of the load's files, which `scaup loads` names, takes them in again."
        )


def damaged_files(lake: Path) -> list[Damage]:
    """The files of a lake, or of a folder of links to its loads, that cannot be read to their ends.

    For when something that reads the lake has failed: it reads every file whole.
    """
    found = []
    with connect() as connection:
        for load in sorted(path for path in lake.iterdir() if not path.name.startswith(".")):
            for path in sorted(load.resolve().rglob("*.parquet")):
                try:
                    connection.execute("select max(hash(rows)) from read_parquet(?) as rows", [str(path)])
                except duckdb.Error as error:
                    found.append(Damage(load.name, path, str(error).splitlines()[0].rstrip(".") + "."))
    return found


def sync(path: Path) -> None:
    """Have the disk confirm a file, or what a folder lists."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
