"""docs/walkthrough.md, word by word: its commands run in their order, and print what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scaup.home import Home

# The reader types `scaup`, and has a Python; a test has neither on its path.
SHIM = """#!/bin/sh
exec {python} -m scaup "$@"
"""


@pytest.fixture(scope="module")
def walked(built_home: Home, project: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """All that the commands of the page print, and the home in which they ran."""
    room = tmp_path_factory.mktemp("walk")
    (home := room / "home").mkdir()
    (home / "snapshots").symlink_to(built_home.snapshots)
    (room / "bin").mkdir()
    for name, text in (("scaup", SHIM), ("python3", '#!/bin/sh\nexec {python} "$@"\n')):
        (room / "bin" / name).write_text(text.format(python=sys.executable))
        (room / "bin" / name).chmod(0o755)
    commands = re.findall(r"```sh\n(.*?)```", (project / "docs" / "walkthrough.md").read_text(), re.DOTALL)
    done = subprocess.run(
        ["sh", "-eu"],
        input="".join(commands),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=room,
        env={
            **os.environ,
            "PATH": f"{room / 'bin'}:{os.environ['PATH']}",
            "SCAUP_HOME": str(home),
            "SCAUP_KEYS": str(room / "keys"),
            "SCAUP_PROJECT": str(project),
        },
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout, home


def _shown(project: Path) -> list[str]:
    blocks = re.findall(r"```text\n(.*?)```", (project / "docs" / "walkthrough.md").read_text(), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_the_commands_print_what_the_page_shows(walked: tuple[str, Path], project: Path):
    printed = walked[0].splitlines()
    for line in _shown(project):
        pattern = ".*".join(map(re.escape, line.split("…")))
        assert any(re.fullmatch(pattern, found) for found in printed), f"nothing printed: {line}"


def test_the_case_is_about_the_planted_cluster_and_its_packages_are_there(walked: tuple[str, Path]):
    printed, home = walked
    assert "sig_coordinated_extraction" in printed
    names = sorted(path.name for path in home.glob("packages/*.zip"))
    assert len(names) == 2 and names[1] == "spring-extraction-internal.zip"
    assert printed.count("VERIFIED: case case-") == 2


def test_the_page_teaches_only_what_it_runs(project: Path):
    text = (project / "docs" / "walkthrough.md").read_text()
    assert len(_shown(project)) >= 10
    for step in (
        "open",
        "add",
        "run",
        "source",
        "note",
        "ach",
        "judge",
        "element",
        "decide",
        "status",
        "hold",
        "close",
    ):
        assert re.search(rf"scaup case {step}\b", text)
