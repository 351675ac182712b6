"""Where readers put what does not fit into memory: a folder for each process and file that it reads.

    spill/<process id>-<random>-<snapshot id>/

DuckDB gives its temporary files the same names everywhere and removes all of them when it closes, so two
readers in one folder would break each other's answers. A reader that was killed leaves its folder behind;
the next build removes it.

One reader may spill 8 GiB, and at most half of what the disk has free: `$SCAUP_SPILL_LIMIT` (as in 20GiB)
says otherwise. A question that needs more fails and says so, instead of filling the disk.
"""

from __future__ import annotations

import os
import re
import time
from functools import cache
from pathlib import Path

from scaup.errors import UsageError
from scaup.home import Home

SPILL_LIMIT = "SCAUP_SPILL_LIMIT"
_MOST = 8 * 2**10  # MiB
_SIZE = re.compile(r"\d{1,9}(MiB|GiB|TiB|MB|GB|TB)", re.IGNORECASE)
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


def spill_limit(folder: Path | None) -> str:
    """How much this process may spill in `folder`, as DuckDB writes sizes; the same at each call, for
    connections to one file share their settings. "" where there is no folder.

    Raises UsageError when $SCAUP_SPILL_LIMIT is not a size.
    """
    return _limit(os.environ.get(SPILL_LIMIT, ""), folder) if folder else ""


@cache
def _limit(named: str, folder: Path) -> str:
    if named and not _SIZE.fullmatch(named):
        raise UsageError(f"{SPILL_LIMIT} is {named!r}: write it as in 20GiB or 512MiB.")
    disk = os.statvfs(folder.parent)
    return named or f"{min(_MOST, disk.f_bavail * disk.f_frsize // 2**21)}MiB"


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
