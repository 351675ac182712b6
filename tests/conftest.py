"""What the tests share: one made world, taken in and built once per test session.

pytest-xdist starts a process per worker; whoever comes first makes the thing, under a file lock, and
the others wait for it. What is shared is read, never written.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from door import scaup

from scaup.home import Home

PROJECT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with many tests first, but before all one file for each of the two slow builds.

    Two workers then build side by side, where otherwise one would wait for the other.
    """
    counts = Counter(item.path for item in items)
    ahead: dict[Path, int] = {}
    for place, fixture in enumerate(("scaup_on_real_data", "built_home")):
        users = {item.path for item in items if fixture in getattr(item, "fixturenames", ())} - ahead.keys()
        if users:
            ahead[min(users, key=lambda path: (-counts[path], str(path)))] = place
    items.sort(key=lambda item: (ahead.get(item.path, len(ahead)), -counts[item.path], str(item.path)))


@pytest.fixture(scope="session", autouse=True)
def _alone() -> Iterator[None]:
    """No test reads the caller's own home, and none writes into the checkout's `var/`."""
    for name in [name for name in os.environ if name.startswith("SCAUP_")]:
        del os.environ[name]
    os.environ["SCAUP_PROJECT"] = str(PROJECT)
    os.environ["PYTHONPATH"] = str(PROJECT)  # for the processes that tests start
    yield


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """`shared(name, make)`: a folder that `make` fills once per session, whatever number of workers."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def once(name: str, make: Callable[[Path], None]) -> Path:
        folder = root / name
        with (root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = root / f"{name}.done"
            if not done.exists():
                folder.mkdir(exist_ok=True)
                make(folder)
                done.touch()
        return folder

    return once


@pytest.fixture(scope="session")
def world_s(shared: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The made world s of seed 7: a folder with raw/ and sealed/."""
    home = shared("world", lambda folder: scaup(folder, "world", "--size", "s", "--seed", "7") and None)
    return home / "worlds" / "s-7"


@pytest.fixture(scope="session")
def built_home(shared: Callable[[str, Callable[[Path], None]], Path], world_s: Path) -> Home:
    """A home with world s in its lake and one published snapshot. Read-only by agreement."""

    def make(folder: Path) -> None:
        scaup(folder, "ingest", world_s / "raw")
        scaup(folder, "build")

    return Home(shared("built", make))


@pytest.fixture(scope="session")
def dbt_manifest(built_home: Home) -> dict[str, Any]:
    """dbt's manifest of the checkout, as the build of `built_home` left it."""
    (path,) = (built_home.root / "dbt").glob("*/manifest.json")
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest
