"""The tests of every question's doors and of every investigation, on a world of another size.

    scaup world --size m && scaup ingest … && scaup build        # once, in HOME
    python benchmarks/doors_at_size.py --home HOME [-k WORDS]

The suite builds world s, since a world m takes longer than all of its tests. This runs the same files
(typical, boundary and hostile parameters through the command line, the table macro and the compiled SQL;
every investigation with and without a subject) on the current snapshot of a home that was built with this
checkout, read-only, and exits as pytest does.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from scaup.home import find_home

PROJECT = Path(__file__).resolve().parent.parent
FILES = ("tests/end_to_end/test_ask_doors.py", "tests/end_to_end/test_reports.py")


class Given:
    """Puts a home where the session's fixture `built_home` looks before it builds one."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        root = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        (root / "built").mkdir()
        for path in self.home.iterdir():
            if path.name != "spill":  # what does not fit into memory is written to the session's own
                (root / "built" / path.name).symlink_to(path)
        (root / "built.done").touch()
        (root / "world").mkdir()
        (root / "world.done").touch()


def main() -> None:
    """Run the files on the home; what is not ours to say goes to pytest."""
    options = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    options.add_argument("--home", type=Path)
    chosen, rest = options.parse_known_args()
    home = find_home(chosen.home).root.resolve()
    sys.exit(pytest.main([*(str(PROJECT / name) for name in FILES), "-q", *rest], plugins=[Given(home)]))


if __name__ == "__main__":
    main()
