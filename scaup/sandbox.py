"""Statements that people type, run where they can do no harm.

One child process per statement (`scaup/sandbox_child.py`): an empty environment, an empty folder, the
kernel's limits on address space, CPU time and file size, the snapshot opened read-only and locked
down, one SELECT and no function that reaches outside. This side kills the child at the deadline, reads
no more than the caps allow, and writes the audit trail before and after.
"""

from __future__ import annotations

import hashlib
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

from scaup.answers import Answer
from scaup.errors import MissingInput, ScaupError, UsageError
from scaup.home import Home
from scaup.trail import record
from scaup.warehouse import Snapshot

CHILD = Path(__file__).with_name("sandbox_child.py")
SIZE = re.compile(r"(\d+)\s*(MiB|GiB|MB|GB)", re.IGNORECASE)
SIZES = {"mib": 2**20, "gib": 2**30, "mb": 10**6, "gb": 10**9}
LONGEST_STATEMENT = 1_000_000  # characters
ENVELOPE = 2**20  # bytes that the child may say beyond the rows: names, types, an error


class StatementRefused(UsageError):
    """The statement is not one SELECT, or calls something that reaches outside the snapshot."""


class StatementFailed(ScaupError):
    """The database could not run the statement."""


class StatementStopped(ScaupError):
    """The statement ran into a limit and was stopped; nothing came back."""


@dataclass(frozen=True)
class Limits:
    """The caps of one statement: rows and bytes cut the result, time and memory stop it."""

    rows: int = 10_000
    bytes: int = 64 * 2**20
    seconds: float = 30.0
    memory: str = "2GiB"

    @property
    def memory_bytes(self) -> int:
        """Raises UsageError unless it is written as in 2GiB or 512MiB, 64 MiB at least."""
        found = SIZE.fullmatch(self.memory.strip())
        size = int(found[1]) * SIZES[found[2].lower()] if found else 0
        if size < 64 * 2**20:
            raise UsageError(f"--memory {self.memory!r}: write it as in 2GiB or 512MiB; at least 64MiB.")
        return size


def run_sql(sql: str, snapshot: Snapshot, limits: Limits, home: Home, purpose: str = "") -> Answer:
    """Run one SELECT on a snapshot, inside the limits, and record it.

    Raises StatementRefused, StatementFailed, StatementStopped, MissingInput when the snapshot cannot be
    opened, TrailBroken.
    """
    if len(sql) > LONGEST_STATEMENT:
        raise StatementRefused(
            f"The statement has {len(sql):,} characters; up to {LONGEST_STATEMENT:,} are run."
        )
    try:
        digest = hashlib.sha256(sql.encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise StatementRefused("The statement is not valid Unicode text.") from error
    request = {
        "sql": sql,
        "path": str(snapshot.warehouse.resolve()),
        "rows": limits.rows,
        "bytes": limits.bytes,
        "seconds": limits.seconds,
        "memory": limits.memory_bytes,
    }
    query = {"query_id": uuid.uuid4().hex, "sql_sha256": digest, "snapshot_id": snapshot.id}
    record(home, "sql asked", {**query, "purpose": purpose})
    started = perf_counter()
    try:
        reply = _run(request, limits)
    except BaseException as error:
        record(home, "sql failed", {**query, "error": type(error).__name__})
        raise
    answer = Answer(
        name="sql",
        columns=tuple(reply["columns"]),
        types=tuple(reply["types"]),
        rows=tuple(_row(row, reply["types"]) for row in reply["rows"]),
        sql_sha256=digest,
        parameters={},
        snapshot_id=snapshot.id,
        as_of=snapshot.as_of,
        elapsed_ms=(perf_counter() - started) * 1000,
        cut_by=reply["cut_by"],
    )
    record(home, "sql answered", {**query, "rows": answer.row_count, "cut_by": answer.cut_by})
    return answer


def _run(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """What the child replied. It is dead when this returns, whatever happened."""
    with tempfile.TemporaryDirectory(prefix="scaup-sql-") as empty:
        child = subprocess.Popen(
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd=empty,
            start_new_session=True,
        )
        is_late = threading.Event()

        def stop() -> None:
            is_late.set()
            child.kill()

        deadline = threading.Timer(limits.seconds, stop)
        deadline.start()
        try:
            text = _talk(child, json.dumps(request).encode(), limits.bytes + ENVELOPE)
        finally:
            child.kill()
            deadline.cancel()
            child.wait()
    if is_late.is_set():
        raise StatementStopped(
            f"Stopped after {limits.seconds:g} s. Narrow the window, or allow more with --seconds."
        )
    return _reply(text, child.returncode, limits)


def _talk(child: subprocess.Popen[bytes], request: bytes, most: int) -> bytes:
    if child.stdin is None or child.stdout is None:
        raise StatementFailed("The child process has no pipes.")
    try:
        child.stdin.write(request)
        child.stdin.close()
    except BrokenPipeError:
        pass  # It died before it read; what it left on the other pipe says why.
    text = child.stdout.read(most)
    if len(text) < most:
        child.wait()
    child.stdout.close()
    return text


def _reply(text: bytes, returncode: int, limits: Limits) -> dict[str, Any]:
    try:
        reply: dict[str, Any] = json.loads(text, parse_float=Decimal)
    except ValueError:
        if returncode in (-signal.SIGXCPU, -signal.SIGALRM):
            raise StatementStopped(f"Stopped: it used up the CPU time of {limits.seconds:g} s.") from None
        if returncode >= 0:
            raise StatementFailed(
                f"The process for the statement ended before it replied (exit {returncode}). That is not the "
                'statement\'s doing: try `scaup sql "select 1"`, and if that fails too, `make setup`.'
            ) from None
        raise StatementStopped(
            f"The statement brought its process down (signal {-returncode}), most likely at the memory limit "
            f"of {limits.memory}. Nothing else was touched. Narrow it, or allow more with --memory."
        ) from None
    if "unopened" in reply:
        raise MissingInput(
            f"The snapshot could not be opened, so nothing was run: {reply['unopened']} "
            "`scaup snapshots` lists the others, `scaup rollback` makes an earlier one current."
        )
    if "refused" in reply:
        raise StatementRefused(reply["refused"])
    if reply.get("error") == "out of memory":
        raise StatementStopped(
            f"Stopped at the memory limit of {limits.memory}. Narrow it, or raise --memory."
        )
    if "error" in reply:
        raise StatementFailed(reply["error"])
    return reply


def _row(row: list[Any], types: list[str]) -> tuple[object, ...]:
    return tuple(_value(value, kind) for value, kind in zip(row, types, strict=True))


def _value(value: Any, kind: str) -> object:
    """A value as DuckDB would have returned it, as far as readers look at it."""
    if isinstance(value, str) and (decode := DECODERS.get(kind)):
        try:
            return decode(value)
        except ValueError:  # Beyond Python's years: it stays as text.
            return value
    return _floats(value) if "DECIMAL" not in kind else value


def _floats(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [_floats(item) for item in value]
    if isinstance(value, dict):
        return {key: _floats(item) for key, item in value.items()}
    return value


DECODERS: dict[str, Callable[[str], object]] = {
    "TIMESTAMP WITH TIME ZONE": datetime.fromisoformat,
    "TIMESTAMP": datetime.fromisoformat,
    "DATE": date.fromisoformat,
    "BLOB": bytes.fromhex,
    "DOUBLE": float,
    "FLOAT": float,
}
