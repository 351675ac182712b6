"""Erasure requests: what was asked, what was done, and what must not come back.

    tombstones/<id>.json      when, by whom, why, and what went; the subject only as a keyed hash
    tombstones/<id>.parquet   the keyed hashes of every key that was erased

The key of the hashes lies with the user's keys, outside every database. A load that brings an erased
subject again is stored without it; a build after an erasure lets every older snapshot go.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from scaup import erasure, packs, publish, trail
from scaup.absence import search
from scaup.answers import visible
from scaup.cases import find_case, list_cases, snapshots_in_use
from scaup.contract import Contract, read_contract
from scaup.errors import MissingInput, ScaupError, UsageError
from scaup.home import Home
from scaup.keys import key_folder
from scaup.lake import MANIFEST, QUARANTINE, lake_files, lake_lock, manifests
from scaup.statements import statement
from scaup.warehouse import REFUSED, connect, execute, quoted
from scaup.workbench import exact_list, read_parquet

SECRET = "erasures.secret"


class OnHold(ScaupError):
    """A legal hold stands on the subject, so nothing of it was erased."""


@dataclass(frozen=True)
class Erased:
    """One erasure: its tombstone, the rows that went per table, the mentions emptied, the values to
    look for afterwards, and the cases and files outside the lake that still name the subject."""

    tombstone: str
    rows: Mapping[str, int]
    emptied: int
    quarantined: int
    values: tuple[str, ...]
    places: tuple[str, ...]


def erase(home: Home, project: Path, subject: str, table: str, purpose: str) -> Erased:
    """Take a subject (a key of `table`) out of the lake, and see that it stays out.

    Raises OnHold, listing the holds, when a case on legal hold names the subject, or a row that would go or
    lose a mention names what the raw table `legal_holds` keeps; UsageError when the table's key is not a
    single text or nothing was said of why; BuildRunning while a build is at work.
    """
    contract = read_contract(project)
    kind = erasure.kind_of(contract.table(table))
    if kind is None:
        raise UsageError(f"A row of {table} is not known by a single text, so it cannot be erased by one.")
    if not subject.strip() or not purpose.strip():
        raise UsageError("Erasing needs a subject and a --purpose: who asked for it, and why.")
    _refuse_another_key(home)
    with publish.build_lock(home), lake_lock(home, lambda: None):
        doing = erasure.plans(contract)
        files = {one.name: lake_files(home, one) for one in contract.tables}
        with connect() as connection:
            connection.execute(statement("erasure/begin"))
            execute(connection, "insert into erased values ($kind, $value)", {"kind": kind, "value": subject})
            values = (subject, *erasure.personal_values(connection, doing, files, kind))
            places = _places_that_name(home, values)
            erasure.spread(connection, doing, files)
            cases = [place for place, is_held in places.items() if is_held]
            holds = erasure.held(connection, doing, files, datetime.now(UTC))
            if cases or holds:
                count = len(cases) + len(holds)
                trail.record(home, "erasure refused", {"subject": _hash(kind, subject), "held_by": count})
                raise OnHold(_kept(subject, cases, holds))
            packs.forget(home)
            tombstone = _set_up(home, connection, kind, subject, purpose)
            removed = erasure.remove(connection, doing, files)
            quarantined = _clean_quarantine(home, connection, values)
        _note(home, tombstone, removed, quarantined)
    trail.record(
        home,
        "erased",
        {
            "tombstone": tombstone,
            "purpose": purpose,
            "subject": _hash(kind, subject),
            "rows": sum(removed.rows.values()),
        },
    )
    return Erased(
        tombstone,
        removed.by_table(),
        sum(removed.cells.values()),
        sum(quarantined.values()),
        values,
        tuple(places),
    )


def keep_out(home: Home, folder: Path, contract: Contract) -> dict[str, int]:
    """Take what was erased out of a load that is about to become visible. Returns rows by table.

    `folder` is the load's private folder. Costs nothing while there is no tombstone. Raises MissingInput
    when the key of a tombstone's hashes is not here.
    """
    stones = sorted((home.root / "tombstones").glob("*.parquet"))
    if not stones:
        return {}
    _refuse_another_key(home)
    doing = erasure.plans(contract)
    files = {table.name: sorted((folder / table.name).rglob("*.parquet")) for table in contract.tables}
    hashes = f"read_parquet({exact_list(*stones)})"
    with connect() as connection:
        connection.execute(statement("erasure/begin"))
        for plan in doing:
            if found := files[plan.table.name]:
                for mention in (*plan.deciding, *plan.emptied):
                    _recognise(connection, mention.name, mention.kinds, read_parquet(*found), hashes)
        words = f"({statement('erasure/words', rows=read_parquet(folder / QUARANTINE))})"
        _recognise(connection, "word", [plan.kind for plan in doing if plan.kind], words, hashes)
        values = [value for (value,) in connection.execute("select distinct value from erased").fetchall()]
        if not values:
            return {}
        erasure.spread(connection, doing, files)
        counts = erasure.remove(connection, doing, files).by_table()
        if cleaned := _clean_file(connection, folder / QUARANTINE, values):
            counts[QUARANTINE] = cleaned
        return counts


def _recognise(
    connection: duckdb.DuckDBPyConnection, column: str, kinds: Sequence[str], rows: str, hashes: str
) -> None:
    for kind in kinds:
        wanted = statement("erasure/recognised", kind=kind, column=column, rows=rows, tombstones=hashes)
        execute(connection, wanted, _paddings())


def pending(home: Home) -> list[Path]:
    """The tombstones that no build has followed."""
    return [path for path in _stones(home) if not json.loads(path.read_text("utf-8"))["rebuilt_at"]]


def expire_snapshots(home: Home, current: str) -> list[str]:
    """Let go of every snapshot and every refused build that may hold what was erased since; for the
    holder of the build lock, after a build that began after the erasure. Returns the snapshots' ids.

    What a case on legal hold asked stays, and the tombstone lists it, until a build after its release."""
    waiting = pending(home)
    if not waiting:
        return []
    gone, kept = [], []
    on_hold = snapshots_in_use(home, on_hold_only=True)
    for name in publish.snapshot_ids(home):
        if name != current and name in on_hold:
            kept.append(name)
        elif name != current:
            hidden = home.snapshots / f".{name}.gone"
            (home.snapshots / name).rename(hidden)
            shutil.rmtree(hidden, ignore_errors=True)
            gone.append(name)
    for left in home.staging.glob(f"{REFUSED}*"):
        shutil.rmtree(left, ignore_errors=True)
    for path in waiting:
        told = json.loads(path.read_text("utf-8"))
        now = None if kept else datetime.now(UTC).isoformat(timespec="seconds")
        _write(path, {**told, "rebuilt_at": now, "on_hold": kept})
    return gone


def list_tombstones(home: Home) -> list[dict[str, Any]]:
    """What was asked to be erased, the oldest first."""
    return [json.loads(path.read_text("utf-8")) for path in _stones(home)]


def _stones(home: Home) -> list[Path]:
    return sorted((home.root / "tombstones").glob("*.json"))


def _places_that_name(home: Home, values: Sequence[str]) -> dict[str, bool]:
    """The cases, and the files that left them, with one of the values anywhere in them, rows of exhibits
    included; and whether a hold stands on the case."""
    found = {}
    for name in list_cases(home):
        if not search(Home(home.cases / name), values).is_absent:
            found[f"case {name}"] = bool(find_case(home, name).standing_holds)
    for folder in (home.packages, home.root / "exports", home.reports):
        looked = search(Home(folder), values)
        names = (*(one.path for one in looked.found), *looked.unread)
        found |= {f"{folder.name}/{name}": False for name in names}
    return found


def _kept(subject: str, cases: Sequence[str], holds: Mapping[str, str]) -> str:
    """What keeps a subject, and how it would be released."""
    told = [f"Nothing was erased: {visible(subject)} is kept by a legal hold"]
    if cases:
        told.append(
            f" of {', '.join(cases)}. When it is released (`scaup case hold CASE --release H1 --reason …`), "
            "ask again."
        )
    for hold, what in holds.items():
        told.append(
            f"{' and by one' if len(told) > 1 else ''} of the provider, {visible(hold)} on {visible(what)}. "
            "When it is released, load its row of legal_holds with `to_at` (`scaup ingest`), and ask again."
        )
    return "".join(told)


def _set_up(home: Home, connection: duckdb.DuckDBPyConnection, kind: str, subject: str, purpose: str) -> str:
    """Write the tombstone before anything goes: what was begun can be seen, and cannot come back."""
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    folder = home.root / "tombstones"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    hashes = statement("erasure/hashed")
    execute(
        connection,
        f"copy ({hashes}) to {quoted(folder / f'{name}.parquet')} (format parquet)",
        _paddings(),
    ).fetchall()
    told: dict[str, Any] = {
        "id": name,
        "kind": kind,
        "subject": _hash(kind, subject),
        "key": _key_mark(),
        "purpose": purpose,
        "requested_at": now.isoformat(timespec="seconds"),
        "removed": None,
        "rebuilt_at": None,
        "on_hold": [],
    }
    _write(folder / f"{name}.json", told)
    return name


def _note(home: Home, tombstone: str, removed: erasure.Removed, quarantined: Mapping[str, int]) -> None:
    for manifest in manifests(home):
        load = manifest["load_id"]
        counts = {table: count for (one, table), count in removed.rows.items() if one == load}
        if load in quarantined:
            counts[QUARANTINE] = quarantined[load]
        if counts:
            erasure.note_in_manifest(home.lake / load / MANIFEST, tombstone, counts)
    path = home.root / "tombstones" / f"{tombstone}.json"
    told = json.loads(path.read_text("utf-8"))
    counts = {"cells": sum(removed.cells.values()), "quarantined": sum(quarantined.values())}
    _write(path, {**told, "removed": {"rows": removed.by_table(), **counts}})


def _clean_quarantine(
    home: Home, connection: duckdb.DuckDBPyConnection, values: Sequence[str]
) -> dict[str, int]:
    """Take out of every quarantine the rows whose text names the subject. Returns how many, by load."""
    files = sorted(home.lake.glob(f"[!._]*/{QUARANTINE}"))
    counts = {path.parent.name: _clean_file(connection, path, values) for path in files}
    return {load: count for load, count in counts.items() if count}


def _clean_file(connection: duckdb.DuckDBPyConnection, path: Path, values: Sequence[str]) -> int:
    rows = read_parquet(path)
    given = {"values": list(values)}
    gone = execute(connection, statement("erasure/quarantined", rows=rows, is_kept=False), given).fetchall()
    if gone:
        kept = statement("erasure/quarantined", rows=rows, is_kept=True)
        erasure.replace_parquet(connection, kept, path, given)
    return len(gone)


def _hash(kind: str, value: str) -> str:
    return hmac.new(_secret(), f"{kind} {value}".encode(), "sha256").hexdigest()


def _paddings() -> dict[str, object]:
    """The two padded keys of HMAC-SHA-256, for SQL to hash with."""
    key = _secret().ljust(64, b"\0")
    return {"inner": bytes(byte ^ 0x36 for byte in key), "outer": bytes(byte ^ 0x5C for byte in key)}


def _secret() -> bytes:
    """The key of the hashes; made when first asked for."""
    path = key_folder() / SECRET
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_bytes(32).hex() + "\n", encoding="ascii")
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def _key_mark() -> str:
    """Tells one key of the hashes from another, and nothing of either."""
    return hashlib.sha256(b"erasures " + _secret()).hexdigest()[:16]


def _refuse_another_key(home: Home) -> None:
    """Raise MissingInput when a tombstone's hashes were made with a key that is not here: with another
    one, nothing would be recognised and what was erased would come back."""
    for path in _stones(home):
        told = json.loads(path.read_text("utf-8"))
        if not (key_folder() / SECRET).is_file() or told["key"] != _key_mark():
            raise MissingInput(
                f"The key of tombstone {told['id']} is not in {key_folder()}. Without it an erased "
                f"subject would not be known again, so nothing is done. Bring {SECRET} back there."
            )


def _write(path: Path, content: Mapping[str, Any]) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    beside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)
