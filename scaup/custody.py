"""The custody log of a case: append-only, each entry chained to the one before, and signed.

`log.jsonl` has one entry a line: canonical JSON with the hash of the entry before, its own hash and the
signature of who wrote it. `head.json` says, signed, how long the log is, so that a shortened log shows.
An entry is on disk before the command that wrote it succeeds; a line torn by a crash was never said to
have been written, and the next writer removes it.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scaup.errors import ScaupError
from scaup.keys import SigningKey
from scaup.verifier import PublicKey, canonical, pae

ENTRY_TYPE = "application/vnd.scaup.case-entry+json"
HEAD_TYPE = "application/vnd.scaup.case-head+json"
START = "0" * 64
PATIENCE = 10.0  # seconds that a writer waits for another one to finish


class CustodyBroken(ScaupError):
    """The log is not the one that was written: the message says at which entry."""


class CaseBusy(ScaupError):
    """Another process is writing to the case."""


@dataclass(frozen=True)
class Entry:
    """One entry. `at` is UTC, ISO 8601; `nonce` keeps its hash from telling what is in it."""

    seq: int
    at: str
    who: str
    event: str
    facts: Mapping[str, Any]
    nonce: str
    previous: str
    hash: str
    key_id: str
    signature: str

    @property
    def line(self) -> str:
        return canonical(vars(self)) + "\n"


@dataclass(frozen=True)
class Head:
    """How long the log is and how it ends, signed."""

    uid: str
    seq: int
    hash: str
    key_id: str
    signature: str


def who_writes() -> str:
    """The name of the operating system's user."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the case for writing. Raises CaseBusy when somebody else holds it for too long."""
    with (folder / ".lock").open("a") as file:
        began = time.monotonic()
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() - began > PATIENCE:
                    raise CaseBusy(
                        f"Somebody else has been writing to case {folder.name} for {PATIENCE:.0f} s. "
                        "Nothing was written; try again when they are done."
                    ) from None
                time.sleep(0.05)
        yield


def append(
    folder: Path, event: str, facts: Mapping[str, Any], key: SigningKey, keys: Sequence[PublicKey]
) -> Entry:
    """Write one entry at the end of the log. Only for who holds the case (`writing`).

    Raises CustodyBroken when the log so far does not hold: nothing is added to what cannot be trusted.
    """
    entries = read_log(folder, keys) if (folder / "log.jsonl").exists() else []
    text = "".join(entry.line for entry in entries)
    body = {
        "seq": len(entries) + 1,
        "at": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "who": who_writes(),
        "event": event,
        "facts": json.loads(canonical(facts)),
        "nonce": secrets.token_hex(16),
        "previous": entries[-1].hash if entries else START,
        "key_id": key.public.id,
    }
    body["hash"] = _hash(body)
    entry = Entry(**body, signature=key.sign(ENTRY_TYPE, canonical(body).encode()))
    with (folder / "log.jsonl").open("r+b" if entries else "wb") as file:
        file.truncate(len(text))  # what a crash tore off, and nothing else
        file.seek(len(text))
        file.write(entry.line.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    uid = str((entries[0] if entries else entry).facts["uid"])
    _write_head(folder, uid, entry, key)
    return entry


def read_log(folder: Path, keys: Sequence[PublicKey]) -> list[Entry]:
    """The entries, each checked: form, order, chain, signature by a known key, and the signed head.

    Raises CustodyBroken, which says where. One whole entry past the head was written by a process that
    died before it could sign the head; it stands, because it is signed itself.
    """
    entries = _entries(folder)
    by_id = {key.id: key for key in keys}
    previous = START
    for place, entry in enumerate(entries, 1):
        body = {name: value for name, value in vars(entry).items() if name != "signature"}
        where = f"Entry {place} of case {folder.name}"
        if entry.seq != place or entry.previous != previous:
            raise CustodyBroken(
                f"{where} does not follow the one before it: one was removed, added or moved."
            )
        if entry.hash != _hash({name: value for name, value in body.items() if name != "hash"}):
            raise CustodyBroken(f"{where} was altered: its hash does not hold.")
        _hold_signature(by_id, entry.key_id, entry.signature, ENTRY_TYPE, body, where)
        previous = entry.hash
    head = read_head(folder)
    body = {name: value for name, value in vars(head).items() if name != "signature"}
    _hold_signature(by_id, head.key_id, head.signature, HEAD_TYPE, body, f"The head of case {folder.name}")
    if not entries or head.uid != entries[0].facts.get("uid"):
        raise CustodyBroken(f"The head of case {folder.name} is another case's.")
    if head.seq not in (len(entries), len(entries) - 1) or head.hash != entries[head.seq - 1].hash:
        raise CustodyBroken(
            f"Case {folder.name} was signed with {head.seq} entries and has {len(entries)}: "
            "the log was shortened, extended or replaced."
        )
    return entries


def read_head(folder: Path) -> Head:
    """The head as it stands on disk, unchecked. Raises CustodyBroken when there is none that can be read."""
    try:
        raw = json.loads((folder / "head.json").read_text(encoding="ascii"))
        return Head(**raw)
    except FileNotFoundError:
        raise CustodyBroken(f"Case {folder.name} has no signed head: head.json is missing.") from None
    except (ValueError, TypeError) as error:
        raise CustodyBroken(f"The head of case {folder.name} cannot be read.") from error


def _entries(folder: Path) -> list[Entry]:
    """The whole lines of the log; a last line without its end is a crash's and left out."""
    try:
        raw = (folder / "log.jsonl").read_bytes()
    except FileNotFoundError:
        raise CustodyBroken(f"Case {folder.name} has no log: log.jsonl is missing.") from None
    found = []
    for place, line in enumerate(raw.split(b"\n")[:-1], 1):
        try:
            entry = Entry(**json.loads(line))
            is_canonical = entry.line == line.decode("ascii") + "\n"
        except (ValueError, TypeError):
            is_canonical = False
        if not is_canonical:
            raise CustodyBroken(f"Entry {place} of case {folder.name} was altered: it is not as written.")
        found.append(entry)
    return found


def _hold_signature(
    keys: Mapping[str, PublicKey], key_id: str, signature: str, kind: str, body: Mapping[str, Any], where: str
) -> None:
    if key_id not in keys:
        raise CustodyBroken(
            f"{where} is signed by key {key_id}, which you do not know. If you trust it, put its .pub file "
            "into your key folder (`scaup key list` says where)."
        )
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raw = b""
    if not keys[key_id].holds(raw, pae(kind, canonical(body).encode())):
        raise CustodyBroken(f"{where} was altered: its signature does not hold.")


def _hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def _write_head(folder: Path, uid: str, entry: Entry, key: SigningKey) -> None:
    body = {"uid": uid, "seq": entry.seq, "hash": entry.hash, "key_id": key.public.id}
    head = Head(**body, signature=key.sign(HEAD_TYPE, canonical(body).encode()))  # type: ignore[arg-type]
    write_file(folder / "head.json", (canonical(vars(head)) + "\n").encode("ascii"))


def write_file(path: Path, content: bytes) -> None:
    """Replace a file: whole and on disk when this returns, or untouched."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until a folder's list of names is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
