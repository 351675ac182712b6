"""`scaup lint` and `scaup ach`: whether an argument is fit, and what the evidence contradicts least."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import click

from scaup.answers import visible
from scaup.errors import MissingInput, UsageError

SUFFIXES = {".md": "markdown", ".html": "html", ".htm": "html", ".json": "json", ".txt": "table", "": "table"}
QUESTION = "Which hypothesis does the evidence contradict least, and what would change that?"


@click.command()
@click.argument("reports", metavar="REPORT…", nargs=-1, required=True)
@click.option(
    "--format", "output_format", type=click.Choice(["text", "jsonl"]), default="text", show_default=True
)
def lint(reports: tuple[str, ...], output_format: str) -> None:
    """Find what a report argues without ground.

    REPORT is a file (.md, .html, or a .csv of competing hypotheses) or an investigation's name. Found are:
    words of likelihood outside the lexicon of ICD 203 (probably, possibly, …); judgments without a
    cited source, an Admiralty grade or a confidence; likelihood and confidence in one sentence; terms of
    two rows; and reports without benign explanations or without what would change our mind. One line
    each to stdout, with the line number and what to write instead. Exit code 1 when anything was found.

    A judgment is best written as a block of its own, which carries all of this:

    \b
        ```judgment
        statement: One operator runs the accounts of this cluster.
        likelihood: very likely
        confidence: moderate
        basis: [exhibit 3 (A1), exhibit 7 (B2)]
        because: Three devices were rotated over all accounts.
        alternatives: [A reseller deals its customers' requests out.]
        would_change: A contract that names these accounts.
        ```
    """
    from scaup.linting import lint as lint_file

    count = 0
    for name in reports:
        path = _report(name)
        for found in lint_file(path):
            count += 1
            if output_format == "jsonl":
                click.echo(json.dumps({"file": str(path), **vars(found)}))
            else:
                words = f"{path}:{found.line}: {found.message} {found.suggestion} [{found.rule}]"
                click.echo(visible(words))
    things = "1 thing" if count == 1 else f"{count} things"
    click.echo(f"{things} to mend." if count else "Nothing to mend.", err=True)
    if count:
        sys.exit(1)


def _report(name: str) -> Path:
    """The file of that name, else the investigation's source."""
    path = Path(name)
    if path.is_file():
        return path
    if path.suffix or len(path.parts) > 1:
        raise MissingInput(f"{visible(name)} is no file. Reports lie in the home's reports/.")
    from scaup.home import find_project
    from scaup.investigations import find_investigation

    folder = find_project() / "investigations"
    return folder / f"{find_investigation(name, folder).name}.md"


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "markdown", "html", "json"]),
    help="Default: by the suffix of --out, else table.",
)
@click.option("--out", "output_path", metavar="FILE", type=click.Path(path_type=Path), help="Write it there.")
def ach(path: Path, output_format: str | None, output_path: Path | None) -> None:
    """Weigh competing hypotheses: which one does the evidence contradict least?

    FILE is a CSV: a column `evidence`, then one per hypothesis; benign ones end their name in (benign).
    Cells are CC, C, N, NA, I or II, or Heuer's ++ + / - --. Columns `grade`, `source`, `credibility` and
    `relevance` (high, medium, low) may stand between.

    Shown are each hypothesis with what contradicts it, how much each piece of evidence tells hypotheses
    apart, and which hypothesis would lead without it.
    """
    from scaup.cli.ask import write_whole
    from scaup.hypotheses import analyse, read_hypotheses
    from scaup.matrices import as_html, as_json, as_markdown, as_table
    from scaup.reports import to_page

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text.") from error
    suffix = output_path.suffix.lower() if output_path else ""
    chosen = output_format or SUFFIXES.get(suffix)
    if chosen is None:
        raise UsageError(f"--out {visible(str(output_path))}: say with --format how to write it.")
    found = analyse(read_hypotheses(text))
    shown = {
        "table": lambda: as_table(found, shutil.get_terminal_size((100, 24)).columns),
        "markdown": lambda: as_markdown(found),
        "json": lambda: as_json(found),
        "html": lambda: to_page("Competing hypotheses", QUESTION, as_html(found), (("Table", path.name),)),
    }[chosen]()
    if output_path:
        write_whole(output_path, shown.encode())
        click.echo(output_path)
    else:
        click.echo(shown, nl=False)
    for note in _notes(found.leaders, found.decisive, bool(found.table.benign)):
        click.echo(visible(note), err=True)


def _notes(leaders: tuple[str, ...], decisive: tuple[str, ...], has_benign: bool) -> list[str]:
    notes = [f"Least contradicted: {', '.join(leaders)}."]
    if decisive:
        notes.append(f"Another would lead without any one of these: {'; '.join(decisive)}.")
    else:
        notes.append("No single piece of evidence would change that.")
    if not has_benign:
        notes.append("No hypothesis is marked (benign): who does the same innocently?")
    return notes
