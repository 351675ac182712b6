"""The trail of what people ran themselves: who, when, why, what, and how much came back.

`<home>/audit/audit.jsonl`: one JSON object a line, ASCII, appended only. A statement is there as its
hash, never as text: texts quote data.
"""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Mapping
from datetime import UTC, datetime

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


def _who() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
