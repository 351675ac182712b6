"""What models and questions returned when somebody last looked, they return still (tests/recorded.py)."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from recorded import FOLDER, RENEW, Floor, Subject, Table, read_recording, relation_types, subjects

from scaup.audit import column_types
from scaup.errors import UsageError
from scaup.home import Home
from scaup.rehearsal import Types
from scaup.warehouse import open_snapshot

LAYERS = (
    "ask", "enforcement", "features", "intermediate", "macros", "operations", "regulatory", "signals",
    "staging",
)  # fmt: skip


@pytest.fixture(scope="session")
def recordings() -> dict[str, Path]:
    """The file of every recording, by the subject that it is of."""
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        found[json.loads(path.read_text(encoding="utf-8"))["subject"]] = path
    return found


@pytest.fixture(scope="session")
def compiled(built_home: Home, dbt_manifest: dict[str, Any]) -> tuple[dict[str, Subject], Types]:
    """The models and questions as the build compiled them, and the types of all that they read."""
    (manifest,) = (built_home.root / "dbt").glob("*/manifest.json")
    # By way of the reader: in one process DuckDB opens a file in one way only.
    types = relation_types(column_types(open_snapshot(built_home).reader), dbt_manifest, manifest.parent)
    return subjects(dbt_manifest, manifest.parent), types


@pytest.mark.parametrize("layer", LAYERS)
def test_what_was_recorded_is_what_they_return(
    layer: str, recordings: dict[str, Path], compiled: tuple[dict[str, Subject], Types]
):
    known, types = compiled
    changed = []
    with Floor(types) as floor:
        for name, path in recordings.items():
            if not name.startswith(f"{layer}."):
                continue
            if name not in known:
                changed.append(f"{name} is gone: remove {path.name}")
                continue
            for place, case in enumerate(read_recording(path), 1):
                told = f"{name}, case {place}"
                try:
                    floor.make(known[name].reads)
                    floor.give(case.given)
                    answer = floor.answer(known[name], case.parameters)
                except (duckdb.Error, KeyError, UsageError) as error:
                    changed.append(f"{told}: {str(error).splitlines()[0]}\n  {RENEW} {path.stem}")
                    continue
                if answer != case.returns:
                    changed.append("\n".join([told, *_apart(case.returns, answer), f"  {RENEW} {path.stem}"]))
    assert not changed, "\n" + "\n".join(changed) + "\n\nMeant? Build a home, renew, read the difference."


def _apart(was: Table, now: Table) -> Sequence[str]:
    """The rows, and the names of the columns, that only one of the two has."""
    before, after = ([str(table.columns), *map(str, table.rows)] for table in (was, now))
    lines = difflib.unified_diff(before, after, n=0, lineterm="")
    return [f"  {line}" for line in lines if not line.startswith(("---", "+++", "@@"))][:8]
