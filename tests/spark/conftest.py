"""What the tests on Spark share: world s in a lake, and what Spark has built of it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from door import scaup

from scaup.home import Home


@pytest.fixture(scope="session")
def engine() -> str:
    """`sail` or `pyspark`: whichever this environment has."""
    return "sail" if importlib.util.find_spec("pysail") else "pyspark"


@pytest.fixture(scope="session")
def lake_home(shared: Callable[[str, Callable[[Path], None]], Path], world_s: Path) -> Home:
    """A home with world s in its lake, and nothing built."""
    return Home(shared("lake", lambda folder: scaup(folder, "ingest", world_s / "raw")))


@pytest.fixture(scope="session")
def built_on_spark(
    shared: Callable[[str, Callable[[Path], None]], Path], lake_home: Home, engine: str, project: Path
) -> Path:
    """The folder into which Spark has built the lake."""

    def make(folder: Path) -> None:
        sail = ["--sail"] if engine == "sail" else []
        command = [sys.executable, "-m", "scaup.spark", str(lake_home.lake), str(folder / "built"), *sail]
        subprocess.run(command, cwd=project, check=True)

    return shared("spark", make) / "built"
