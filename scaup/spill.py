"""Where readers put what does not fit into memory: a folder for each process and file that it reads.

    spill/<process id>-<random>-<snapshot id>/

DuckDB gives its temporary files the same names everywhere and removes all of them when it closes, so two
readers in one folder would break each other's answers. A reader that was killed leaves its folder behind;
the next build removes it.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from scaup.home import Home

_MARK = os.urandom(4).hex()  # process ids come again
# Files beside the folders are those of dbt when it runs by itself, or of a Scaup before these folders.
NOBODYS_AFTER = 3600  # seconds without a write


def spill_folder(home: Home, name: str) -> Path | None:
    """This process's own folder for what reading `name` spills; None where a home cannot be written to."""
    try:
        home.spill.mkdir(exist_ok=True)  # DuckDB makes its folder, and none above it
    except OSError:
        return None
    return home.spill / f"{os.getpid()}-{_MARK}-{name}" if os.access(home.spill, os.W_OK) else None


def clear_spill(home: Home) -> None:
    """Remove what no living process owns."""
    import shutil  # not needed to read

    if not home.spill.is_dir():
        return
    for left in home.spill.iterdir():
        if left.is_dir():
            if not _is_alive(left.name.partition("-")[0]):
                shutil.rmtree(left, ignore_errors=True)
        elif time.time() - left.stat().st_mtime > NOBODYS_AFTER:
            left.unlink(missing_ok=True)


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except PermissionError:
        pass  # it lives, and is somebody else's
    return True
