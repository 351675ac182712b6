"""Snapshots: how one comes to be visible, is listed, rolled back and let go.

A snapshot is a folder that never changes. It is written elsewhere, synced to disk, and moved into
place by one rename; the file `current` names the one that readers open, and is replaced by another
rename. At every instant a reader sees the old snapshot or the new one, whole, whatever dies when.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scaup.errors import MissingInput, ScaupError, UsageError, nearest
from scaup.home import Home
from scaup.lake import sync
from scaup.prints import PRINTS_FILE, hand_on
from scaup.spill import clear_spill
from scaup.warehouse import REFUSED, is_open

KEPT_SNAPSHOTS = 10
KEPT_FAILURES = 3
SPILL = "spill"  # in the private folder of a build


class BuildRunning(ScaupError):
    """Another process holds this home's build lock."""


@contextmanager
def build_lock(home: Home) -> Iterator[None]:
    """Hold the home's only build lock. Raises BuildRunning, naming the holder, when it is taken.

    The operating system lets go of the lock when its holder dies, however it dies.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    with (home.root / "build.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "a process that has not said its name yet"
            raise BuildRunning(
                f"Another build is at work in {home.root}: {holder}. Readers are not disturbed; "
                "wait for it to end, or stop it, and build again."
            ) from None
        now = datetime.now(UTC).isoformat(timespec="seconds")
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}, since {now}")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def clear_dead_builds(home: Home, but: Sequence[Path] = ()) -> None:
    """Remove what dead builds left, all `but` the caller's own, and what dead readers left. Only for the
    holder of the lock: nothing else is being built.

    The newest folders of failed checks stay, because someone may be looking at the rows.
    """
    clear_spill(home)
    if not home.staging.is_dir():
        return
    failed = sorted(found for found in home.staging.iterdir() if found.name.startswith(REFUSED))
    for left in [*home.staging.iterdir(), *home.snapshots.glob(".*")]:
        if left in failed[-KEPT_FAILURES:] or left in but:
            continue
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink()


@dataclass(frozen=True)
class Published:
    """One snapshot in a list, as its manifest tells it."""

    id: str
    is_current: bool
    built_at: str
    as_of: str
    row_count: int
    checks: Mapping[str, Any]


def current_id(home: Home) -> str | None:
    """The id that the pointer names, or None before the first build."""
    pointer = home.snapshots / "current"
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else None


def list_snapshots(home: Home) -> list[Published]:
    """All whole snapshots, the oldest first by the time they were built."""
    current = current_id(home)
    found = [one for path in _folders(home) if isinstance(one := _published(path, current), Published)]
    return sorted(found, key=lambda snapshot: (snapshot.built_at, snapshot.id))


def spoiled_snapshots(home: Home) -> dict[str, str]:
    """Snapshots whose manifest is not what a build wrote, and what is wrong with it. They are in no list."""
    return {path.name: one for path in _folders(home) if isinstance(one := _published(path, None), str)}


def snapshot_ids(home: Home) -> list[str]:
    """All snapshots, the spoiled ones too."""
    return [path.name for path in _folders(home)]


def _folders(home: Home) -> list[Path]:
    return sorted(path for path in home.snapshots.glob("[!.]*") if path.is_dir())


def _published(folder: Path, current: str | None) -> Published | str:
    """A snapshot as its manifest tells it, or what is wrong with the manifest."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return Published(
            id=folder.name,
            is_current=folder.name == current,
            built_at=str(manifest["built_at"]),
            as_of=str(manifest["as_of"]),
            row_count=sum(relation["rows"] for relation in manifest["relations"].values()),
            checks=dict(manifest["checks"]),
        )
    except KeyError as error:
        return f"its manifest.json lacks {error}"
    except OSError as error:
        return f"its manifest.json cannot be read: {error.strerror}"
    except (ValueError, TypeError, AttributeError):
        return "its manifest.json is not what a build writes"


def publish(
    home: Home, staged: Path, snapshot_id: str, *, becomes_current: bool = True, renews: bool = False
) -> bool:
    """Make a finished staging folder a snapshot, and the current one. False when it was so already.

    The folder is content-addressed: one of the same id holds the same content, so it is kept, the
    staged copy goes, and only the pointer may move, and what the next build takes over by. With `renews` the
    staged files take the place of the old ones, one after the other: these may hold in their free blocks what
    was erased, or be damaged.
    """
    folder = home.snapshots / snapshot_id
    was_there = current_id(home) == snapshot_id if becomes_current else folder.is_dir()
    if folder.is_dir() and not renews:
        # Else the SQL that came to the same rows would be run again by each build, until a row is new.
        if becomes_current and hand_on(staged, folder):
            (staged / PRINTS_FILE).chmod(0o444)
            sync(staged / PRINTS_FILE)
            (staged / PRINTS_FILE).replace(folder / PRINTS_FILE)
            sync(folder)
        shutil.rmtree(staged)
    else:
        home.snapshots.mkdir(parents=True, exist_ok=True)
        for path in staged.iterdir():
            path.chmod(0o444)
            sync(path)
        sync(staged)
        if folder.is_dir():
            # While it is renewed, no build takes anything over from it.
            (folder / PRINTS_FILE).unlink(missing_ok=True)
            sync(folder)
            for path in sorted(staged.iterdir(), key=lambda path: path.name == PRINTS_FILE):
                path.replace(folder / path.name)
            sync(folder)
            staged.rmdir()
        else:
            staged.rename(folder)
        sync(home.snapshots)
    if becomes_current and not was_there:
        point_to(home, snapshot_id)
    return not was_there


def point_to(home: Home, snapshot_id: str) -> None:
    """Make a snapshot the current one: the pointer file is replaced, never rewritten."""
    beside = home.snapshots / f".current.{os.getpid()}"
    beside.write_text(snapshot_id + "\n", encoding="utf-8")
    sync(beside)
    beside.replace(home.snapshots / "current")
    sync(home.snapshots)


def roll_back(home: Home, snapshot_id: str | None = None) -> str:
    """Make an earlier snapshot current, by default the one built before the current one."""
    with build_lock(home):
        known = list_snapshots(home)
        if not known:
            raise MissingInput(f"No snapshot has been published in {home.root}. `scaup build` makes one.")
        names = [snapshot.id for snapshot in known]
        if snapshot_id is None:
            place = next((n for n, snapshot in enumerate(known) if snapshot.is_current), len(known))
            if place == 0:
                raise UsageError("The current snapshot is the oldest one there is; nothing lies before it.")
            snapshot_id = names[place - 1]
        elif snapshot_id not in names:
            raise UsageError(
                f"No snapshot {snapshot_id!r}.{nearest(snapshot_id, names)} `scaup snapshots` lists them."
            )
        point_to(home, snapshot_id)
        return snapshot_id


def let_go(home: Home, keep: int) -> list[str]:
    """Remove all but the last `keep` snapshots; the current one always stays, and so do those that an open
    case asked, because it has to be able to ask them again. Returns what went.

    A snapshot that a reader has open stays until a later build finds it closed.
    """
    from scaup.cases import snapshots_in_use  # it brings cryptography, which nothing else here needs

    known = list_snapshots(home)
    kept = snapshots_in_use(home)
    old = [snapshot for snapshot in known[: max(0, len(known) - keep)] if not snapshot.is_current]
    gone = [one.id for one in old if one.id not in kept and not is_open(home.snapshots / one.id)]
    for name in gone:
        hidden = home.snapshots / f".{name}.gone"
        (home.snapshots / name).rename(hidden)  # a half-removed snapshot must not be listed
        shutil.rmtree(hidden, ignore_errors=True)
    return gone


def keep_failure(staged: Path) -> Path:
    """Put a refused build aside, where its rows can be looked at. What it had spilled goes."""
    shutil.rmtree(staged / SPILL, ignore_errors=True)
    aside = staged.with_name(REFUSED + staged.name)
    staged.rename(aside)
    return aside
