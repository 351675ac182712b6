"""A process that publishes one small snapshot after the other until it is killed."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

from scaup import publish
from scaup.home import Home


def staged(home: Home, name: str, built_at: str = "2026-06-01T00:00:00.000+00:00") -> Path:
    """A finished staging folder whose every file says the snapshot's name."""
    folder = home.staging / "room" / "snapshot"
    folder.mkdir(parents=True)
    (folder / "warehouse.duckdb").write_text(name)
    manifest = {"snapshot_id": name, "built_at": built_at, "as_of": built_at, "relations": {}, "checks": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def publish_for_ever(home: Home, first: int) -> None:
    """Publish snapshot-<first>, the next, and so on; keep five."""
    with publish.build_lock(home):
        publish.clear_dead_builds(home)
        print("at work", flush=True)
        for number in itertools.count(first):
            name = f"snapshot-{number}"
            publish.publish(home, staged(home, name, f"{number:012}"), name)
            publish.let_go(home, keep=5)


if __name__ == "__main__":
    publish_for_ever(Home(Path(sys.argv[1])), int(sys.argv[2]))
