"""The checks without a build: the lake against its contract, the current snapshot against its yml.

dbt writes while it tests, and nobody writes into a snapshot; so it works on a copy.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scaup import publish, quality, transform
from scaup.audit import audit
from scaup.build import freeze_lake, put_aside
from scaup.contract import read_contract
from scaup.home import Home
from scaup.manifest import content_hash
from scaup.warehouse import WAREHOUSE_FILE, connect, open_snapshot

STAGING_VIEWS = ("run", "--select", "path:models/staging")
# The signals for their canaries, the questions for what they show of a copy that does not hold.
COMPILE = (*transform.COMPILE_QUESTIONS, "path:models/marts/signals")


@dataclass(frozen=True)
class Outcome:
    """Whether everything held, and what there is to say, a line each."""

    success: bool
    lines: tuple[str, ...]


def check(
    home: Home,
    project: Path,
    say: Callable[[str], None] = lambda line: None,
    progress: transform.Progress | None = None,
) -> Outcome:
    """Run every check on the lake as it is and on the current snapshot; publish nothing.

    Also holds each relation of the snapshot to the hash in its manifest. What does not hold is put aside as a
    refused build is, with the rows in breach. Raises MissingInput without
    a snapshot, BuildRunning while a build is at work.
    """
    snapshot = open_snapshot(home)
    with publish.build_lock(home):
        room = home.staging / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}"
        try:
            loads = freeze_lake(home, read_contract(project), room / "lake")
            copy = room / "snapshot" / WAREHOUSE_FILE
            copy.parent.mkdir()
            shutil.copyfile(snapshot.warehouse, copy)
            say(f"Checking {len(loads)} load{'s' if len(loads) > 1 else ''} and snapshot {snapshot.id}.")
            workspace = transform.workspace_in(home, project, room, "4GiB", threads=2)
            warming = threading.Thread(target=quality.warm_up)
            warming.start()
            steps = (STAGING_VIEWS, transform.CHECK, COMPILE)
            done = transform.run(workspace, steps, progress, keeps_failures=True)
            warming.join()
            with connect(copy) as connection:
                found = audit(
                    done.nodes, done.manifest, workspace, connection, progress or transform.in_silence
                )
                changed = [
                    f"  {relation} no longer has the rows that the manifest of {snapshot.id} recorded"
                    for relation, recorded in snapshot.manifest["relations"].items()
                    if content_hash(connection, relation) != recorded
                ]
                told = [] if found.holds else put_aside(room, workspace, done.manifest, found, connection)
        finally:
            shutil.rmtree(room, ignore_errors=True)
    summary = found.summary()
    held = (
        f"{summary['dbt_tests']} tests and {summary['expectations']} expectations judged, "
        f"{len(snapshot.manifest['relations'])} relations hashed"
    )
    failures = found.broken + len(changed)
    verdict = f"{failures} do not hold" if failures else "All hold"
    return Outcome(failures == 0, (f"{verdict}: {held}.", *told, *changed, *found.warned()))
