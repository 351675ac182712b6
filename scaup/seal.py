"""Sealing: a case becomes a package, whole or not at all.

The archive is made in memory, written beside its place and synced; then the case's log says that it is
sealed, with its hash; then one rename puts it in place. Whatever dies when, there is no package that
verifies and is not complete, and none that the log does not know.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaup.cases import Case, find_case, hold_to_trail
from scaup.casework import Desk
from scaup.custody import sync_folder
from scaup.disclosure import Pseudonyms
from scaup.errors import UsageError
from scaup.keys import case_secret, key_folder
from scaup.package import Label, pack, tag_manifest_of
from scaup.renditions import render
from scaup.trail import record


@dataclass(frozen=True)
class Sealed:
    """What was sealed, and where it lies. `tag_manifest_sha256` is what a time stamp is asked for."""

    path: Path
    sha256: str
    tag_manifest_sha256: str
    files: int
    bytes: int
    redacted: int


def seal(
    at: Desk, case_id: str, audience: str, out: Path | None = None, token: bytes = b"", replace: bool = False
) -> Sealed:
    """Seal a case for an audience into `<home>/packages/`, or into the folder or file `out`.

    The same case, key and token give the same bytes. Raises UsageError when another file is in its place,
    DoesNotReproduce when a run gives something else than it gave.
    """
    case = find_case(at.home, case_id)
    hold_to_trail(at.home, case)
    rendition = render(case, at.home, audience, case_secret(key_folder(), case.uid))
    label = Label(rendition.name, audience, rendition.title, rendition.sealed_as_of, rendition.facts)
    package = pack(rendition.files, label, at.key, token)
    path = _place(at, out, f"{label.root}.zip")
    if path.exists() and not replace and path.read_bytes() != package:
        raise UsageError(f"{path} is another package. Say --force to replace it, or --out FILE.")
    digest = hashlib.sha256(package).hexdigest()
    room = path.with_name(f".{path.name}.{os.getpid()}")
    _clear(path)
    try:
        _write(room, package)
        at.take(case_id, "sealed", lambda now: _facts(now, case, audience, digest, at))
        _leave_trail(at, case, audience, digest)
        _write_beside(path.with_name(f"{path.name}.sha256"), f"{digest}  {path.name}\n")
        room.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        room.unlink(missing_ok=True)
    tag_manifest = hashlib.sha256(tag_manifest_of(package, label.root)).hexdigest()
    redactions = rendition.files.get("redactions.csv", b"").count(b"\n")
    return Sealed(path, digest, tag_manifest, len(rendition.files), len(package), max(redactions - 1, 0))


def _facts(now: Case, sealed: Case, audience: str, digest: str, at: Desk) -> Mapping[str, Any]:
    if now.settled_log != sealed.settled_log:
        raise UsageError(
            f"Somebody added to case {now.id} while it was sealed. Nothing was sealed: try again."
        )
    return {
        "audience": audience,
        "sha256": digest,
        "head": sealed.settled_log[-1].hash,
        "key": at.key.public.id,
    }


def _leave_trail(at: Desk, case: Case, audience: str, digest: str) -> None:
    """The home's audit trail: what left for whom, about whom (as a keyed hash), and how many rows."""
    named = Pseudonyms(case_secret(key_folder(), case.uid))
    subjects = "|".join(sorted(f"{one.type}:{one.id}" for one in case.subjects))
    facts = {
        "case": case.uid,
        "audience": audience,
        "purpose": "case",
        "subject_hmac": named.fingerprint(subjects),
        "rows": sum(run.rows for run in case.runs),
        "sha256": digest,
    }
    record(at.home, "package", facts)


def _place(at: Desk, out: Path | None, name: str) -> Path:
    path = out if out is not None else at.home.packages
    if out is None:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)  # an internal package names people
    if path.is_dir():
        return path / name
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}.")
    return path


def _clear(path: Path) -> None:
    """Remove what seals of the same package left when they were killed."""
    for left in path.parent.glob(f".{path.name}.*"):
        number = left.suffix.removeprefix(".")
        if number.isdigit() and not _is_alive(int(number)):
            left.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _write_beside(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    _write(part, text.encode())
    part.replace(path)
