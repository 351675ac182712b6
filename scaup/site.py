"""The leads' pages: static, from one snapshot, made by the same renderer as the reports.

Each page is a Markdown file in `pages/` that asks questions, below a board of the metrics that name the page;
so each number has its denominator, its interval, its definition and the question that lists its rows.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from scaup.board import board, definitions
from scaup.errors import UsageError
from scaup.investigations import argue, read_investigation
from scaup.paper import PAGES, templates
from scaup.reports import to_html
from scaup.warehouse import Snapshot

HEALTH = "health.html"
DEFINITIONS = "definitions.html"
# File, and the name under which metric_definitions know the page.
ORDER = {
    "index": "overview",
    "enforcement": "enforcement",
    "appeals": "appeals",
    "signals": "signals",
    "review_operations": "review_operations",
    "vendors": "vendors",
    "user_reports": "user_reports",
    "copyright": "copyright",
    "evaluations": "evaluations",
}


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
    names.append((DEFINITIONS, "Definitions"))
    defined = definitions(snapshot)
    pages = {
        f"{page.name}.html": to_html(
            argue(page, given, snapshot, purpose="standing page", pages=tuple(names)),
            board(ORDER[page.name], defined, snapshot),
        )
        for page in investigations
    }
    pages[DEFINITIONS] = (
        templates()
        .get_template(DEFINITIONS)
        .render(report={"title": "Definitions", "pages": names}, definitions=defined)
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
        if health.is_file():
            shutil.copyfile(health, folder / HEALTH)
    except OSError as error:
        raise UsageError(f"The pages cannot be written to {folder}: {error.strerror}.") from error
    return [folder / name for name, _ in names]
