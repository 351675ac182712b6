"""Loads after the fact: read again when the adapter was mended, or taken out with a reason.

removed-loads.jsonl    the manifest of each load that was taken out, with who, when and why
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scaup import packs, publish, trail
from scaup.errors import MissingInput, UsageError
from scaup.home import Home
from scaup.ingest import Load, Progress, ingest
from scaup.lake import find_load, lake_lock, manifests
from scaup.rawfiles import find_raw_files


@dataclass(frozen=True)
class Removed:
    """A load that was taken out, and the later loads that counted rows of its tables as repeated: they
    may have left out rows that only it had, so they should be read again."""

    load_id: str
    rows: int
    lean_on_it: tuple[str, ...]


def retry(
    home: Home, load_id: str, where: Sequence[str | Path] = (), progress: Progress | None = None
) -> Load:
    """Read the files of a load again, with its adapter as it now is. Rows that are in the lake count as
    repeated; what fits now is accepted; what still does not is in the new load's quarantine.

    `where` are files and folders to look in for files that have moved; they are known by their hashes.
    Raises MissingInput, naming the first file that is nowhere, and then changes nothing.
    """
    manifest = find_load(home, load_id)
    wanted: dict[str, str] = {}
    for file in manifest["files"]:
        wanted.setdefault(file["sha256"], file["path"])
    elsewhere: dict[str, Path] = {}
    for path in where:
        found, _ = find_raw_files([path])
        elsewhere.update({one.sha256(): one.path for one in found})
    read_in = Path(manifest.get("read_in", ""))
    paths = [_find(digest, read_in / path, elsewhere) for digest, path in wanted.items()]
    tables = {file["table"] for file in manifest["files"]}
    # Without an adapter a file's table was told by its name or by --table; one table needs no telling twice.
    table = tables.pop() if len(tables) == 1 and not manifest["adapter"] else None
    return ingest(paths, home, manifest["adapter"], table, progress, retry_of=manifest["load_id"])


def _find(digest: str, path: Path, elsewhere: dict[str, Path]) -> Path:
    if digest in elsewhere:
        return elsewhere[digest]
    if path.is_file():
        (file,), _ = find_raw_files([path])
        if file.sha256() == digest:
            return path
        raise MissingInput(
            f"{path} is no longer the file that was loaded. Say where that one is: --from PATH."
        )
    raise MissingInput(f"{path} is not there any more. Say where it is now: --from PATH.")


def remove(home: Home, load_id: str, reason: str) -> Removed:
    """Take a load out of the lake; the next build is without it. Its manifest is kept, with the reason.

    Raises UsageError without a reason, BuildRunning while a build is at work.
    """
    if not reason.strip():
        raise UsageError("Taking a load out needs a --reason: it is recorded.")
    with publish.build_lock(home), lake_lock(home, lambda: None):
        manifest = find_load(home, load_id)
        name = str(manifest["load_id"])
        lean = _lean_on(home, manifest)
        packs.forget(home)
        told = {"removed_at": datetime.now(UTC).isoformat(timespec="seconds"), "reason": reason}
        rows = sum(file["rows_accepted"] for file in manifest["files"])
        trail.record(home, "load removed", {"load": name, "reason": reason, "rows": rows})
        with (home.root / "removed-loads.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({**told, "manifest": manifest}) + "\n")
        hidden = home.lake / f".{name}.removed"
        (home.lake / name).rename(hidden)  # gone for every reader at once
        shutil.rmtree(hidden, ignore_errors=True)
    return Removed(name, rows, lean)


def _lean_on(home: Home, manifest: dict[str, Any]) -> tuple[str, ...]:
    tables = {file["table"] for file in manifest["files"]}
    return tuple(
        str(later["load_id"])
        for later in manifests(home)
        if later["load_id"] > manifest["load_id"]
        if any(file["rows_repeated"] and file["table"] in tables for file in later["files"])
    )
