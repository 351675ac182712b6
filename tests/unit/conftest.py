"""A small home for the modules that build many times, each of their own `checkout`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small import add_requests

from scaup.build import build
from scaup.home import Home


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Home:
    """A small home with one load and one snapshot; the tests of this module copy it."""
    home = Home(tmp_path_factory.mktemp("home"))
    add_requests(home, checkout, "one")
    build(home, checkout)
    return home


@pytest.fixture
def home(tmp_path: Path, built: Home) -> Home:
    """A copy of the small home that a test may change."""
    shutil.copytree(built.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")
