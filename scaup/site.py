"""The leads' pages: static, from one snapshot, made by the same renderer as the reports.

Each page is a Markdown file in `pages/` that asks questions; so each number has its denominator, its
window and the question that lists its rows beside it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from scaup.errors import UsageError
from scaup.investigations import argue, read_investigation
from scaup.paper import PAGES
from scaup.reports import to_html
from scaup.warehouse import Snapshot

HEALTH = "health.html"
ORDER = ("index", "enforcement")


def write_site(snapshot: Snapshot, folder: Path, given: Mapping[str, object]) -> list[Path]:
    """Write every page into the folder; returns their paths, the first page first.

    Files of the same names are replaced, others are left alone. Raises UsageError when the folder
    cannot be written.
    """
    investigations = [read_investigation(PAGES / f"{name}.md", mandatory=()) for name in ORDER]
    names = [(f"{page.name}.html", page.title) for page in investigations]
    health = snapshot.folder / HEALTH
    if health.is_file():
        names.append((HEALTH, "Data health"))
    pages = {
        f"{page.name}.html": to_html(
            argue(page, given, snapshot, purpose="standing page", pages=tuple(names))
        )
        for page in investigations
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
        if health.is_file():
            shutil.copyfile(health, folder / HEALTH)
    except OSError as error:
        raise UsageError(f"The pages cannot be written to {folder}: {error.strerror}.") from error
    return [folder / name for name, _ in names]
