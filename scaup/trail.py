"""The trail of what people ran themselves: who, when, why, what, and how much came back.

`<home>/audit/audit.jsonl`: one JSON object a line, ASCII, appended only. A statement is there as its
hash, never as text: texts quote data.
"""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from scaup.errors import ScaupError
from scaup.home import Home


class TrailBroken(ScaupError):
    """The trail could not be written, so what it should have recorded did not happen."""


def record(home: Home, event: str, facts: Mapping[str, object]) -> None:
    """Append one line. Raises TrailBroken when the home's audit folder cannot be written."""
    path = home.root / "audit" / "audit.jsonl"
    line = json.dumps({"at": datetime.now(UTC).isoformat(), "who": _who(), "event": event, **facts}) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode("ascii"))
        finally:
            os.close(descriptor)
    except OSError as error:
        raise TrailBroken(
            f"The audit trail {path} cannot be written ({error.strerror}). Nothing is run unrecorded: "
            "make the folder writable, or point SCAUP_HOME to a home of your own."
        ) from error


def steps(home: Home, case: str) -> list[dict[str, Any]]:
    """What the trail says of a case's steps, in order. A line that cannot be read is passed over."""
    path = home.root / "audit" / "audit.jsonl"
    found = []
    for line in path.read_bytes().split(b"\n") if path.is_file() else ():
        if case.encode() in line and b'"entry_sha256"' in line:
            with suppress(ValueError):
                found.append(json.loads(line))
    return found


def _who() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
