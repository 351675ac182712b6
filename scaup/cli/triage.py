"""`scaup triage SUBJECT`: one screen about one id, offline, for whoever is on call."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from datetime import UTC, datetime

import click

from scaup.answers import visible
from scaup.errors import ScaupError
from scaup.home import find_home, find_project
from scaup.triage import KINDS, Card

HEADING = 15  # cells of the left column


@click.command()
@click.argument("subject")
@click.option(
    "--as", "kind", type=click.Choice(KINDS), help="What to take it for, where the id names several."
)
@click.option("--snapshot", metavar="ID", help="Look into this snapshot instead of the current one.")
def triage(subject: str, kind: str | None, snapshot: str | None) -> None:
    """One screen about one id: who is at risk, what fired and why, which clock runs, what next.

    SUBJECT is the id of an account, cluster, report, key, hash, MCP server, sender, target, task,
    action or appeal; it is looked up in the snapshot. Exit code 1 when part of it could not be read.
    """
    from scaup.investigations import find_investigations, read_investigation
    from scaup.triage import recognise
    from scaup.triage import triage as card_of
    from scaup.warehouse import open_snapshot

    opened = open_snapshot(find_home(), snapshot)
    found = recognise(opened, subject, kind)
    folder = find_project() / "investigations"
    arguments = [read_investigation(path) for path in find_investigations(folder).values()]
    card = card_of(opened, found, arguments, datetime.now(UTC))
    is_colored = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    width = max(min(shutil.get_terminal_size((80, 24)).columns, 110), 40)
    click.echo(laid_out(card, width, is_colored))
    if card.failures:
        raise ScaupError(f"{len(card.failures)} parts could not be read; the card is not complete.")


def laid_out(card: Card, width: int, is_colored: bool = False) -> str:
    """The card as text: headings to the left, lines to the right, none wider than the screen."""
    subject = card.subject
    name = f"{subject.kind.replace('_', ' ').upper()} {visible(subject.id)}"
    if subject.about_id != subject.id:
        name += f" → {subject.about_kind.replace('_', ' ')} {visible(subject.about_id)}"
    if subject.others:
        name += f"  (also: {', '.join(subject.others)}; --as)"
    lines = [_bold(_fitted(name, width), is_colored)]
    for heading, texts in card.parts:
        left = heading
        for text in texts:
            for part in _wrapped(text, width - HEADING):
                lines.append(_bold(f"{left:<{HEADING}}", is_colored and bool(left)) + part)
                left = ""
    return "\n".join(lines)


def _wrapped(text: str, width: int) -> list[str]:
    """A line over as many as it needs, the further ones set in; a command stays whole, to be copied."""
    if text.startswith("scaup "):
        return [text]
    return textwrap.wrap(text, width, subsequent_indent="   ", break_on_hyphens=False) or [""]


def _fitted(text: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def _bold(text: str, is_bold: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if is_bold else text
