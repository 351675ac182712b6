"""`scaup investigations`, `scaup investigate` and `scaup site`: arguments and pages from a snapshot."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import click

from scaup.answers import visible
from scaup.cli.ask import option_of, write_whole
from scaup.errors import ScaupError, UsageError
from scaup.home import Home, find_home, find_project
from scaup.investigations import (
    Investigation,
    argue,
    file_stem,
    find_investigation,
    find_investigations,
    read_investigation,
)
from scaup.reports import FORMATS
from scaup.warehouse import open_snapshot

SUFFIXES = {"html": ".html", "markdown": ".md", "json": ".json"}

OUTPUT = (
    click.Option(
        ["--format", "output_format"],
        type=click.Choice(sorted(FORMATS)),
        help="How the report is written. Default: by the suffix of --out, else html.",
    ),
    click.Option(
        ["--out", "output_path"],
        metavar="FILE",
        type=click.Path(),
        help="Write it there. Default: a file in the home's reports/, named for what it is about.",
    ),
    click.Option(
        ["--judgments", "judgments_path"],
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False),
        help="Your judgments, in Markdown with blocks as in `scaup lint --help`; they come first.",
    ),
    click.Option(
        ["--purpose", "run_purpose"],
        envvar="SCAUP_PURPOSE",
        show_envvar=True,
        default="",
        help="Why this is looked at; stands on the front of the report.",
    ),
)


class Investigating(click.Group):
    """`scaup investigate NAME`: one command per file in investigations/, made from its front matter."""

    def list_commands(self, context: click.Context) -> list[str]:
        try:
            return list(find_investigations(_folder()))
        except ScaupError:
            if context.resilient_parsing:
                return []
            raise

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        try:
            return investigating(find_investigation(name, _folder()), context)
        except ScaupError:
            if context.resilient_parsing:
                return None
            raise

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Investigations"):
            formatter.write_dl([(found.name, found.question) for found in _all()])


def investigating(investigation: Investigation, context: click.Context) -> click.Command:
    """The click command that runs one investigation."""

    def run(
        output_format: str | None,
        output_path: str | None,
        judgments_path: str | None,
        run_purpose: str,
        **given: Any,
    ) -> None:
        home = find_home()
        snapshot = open_snapshot(home, context.params.get("snapshot"))
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
        asked = {name: value for name, value in values.items() if value is not None and value != []}
        chosen = _format(output_format, output_path)
        judged = Path(judgments_path).read_text(encoding="utf-8") if judgments_path else ""
        report = argue(investigation, asked, snapshot, purpose=run_purpose, judgments=judged)
        path = Path(output_path) if output_path else _place(home, file_stem(report, asked), chosen)
        write_whole(path, FORMATS[chosen](report).encode("utf-8", "surrogatepass"))
        click.echo(path)
        told = f"{len(report.exhibits)} exhibits from {len(report.sources)} questions"
        cut = [source.question.name for source in report.sources if source.answer.cut_by]
        click.echo(f"{told} · snapshot {snapshot.id}", err=True)
        if cut:
            click.echo(f"Cut by their limits: {', '.join(cut)}. The report says where.", err=True)

    taken = {option for parameter in OUTPUT for option in parameter.opts} | {"--help", "-h"}
    for parameter in investigation.parameters:
        if parameter.flag in taken:
            raise ScaupError(
                f"investigations/{investigation.name}.md declares {parameter.name!r}; {parameter.flag} is an "
                "option of every investigation. Call the parameter something else."
            )
    return click.Command(
        investigation.name,
        params=[*map(option_of, investigation.parameters), *OUTPUT],
        callback=run,
        help=f"{investigation.title}. {investigation.question}",
        short_help=investigation.question,
    )


@click.command(cls=Investigating, no_args_is_help=True, subcommand_metavar="NAME [--PARAMETER VALUE]…")
@click.option("--snapshot", metavar="ID", help="Ask this snapshot instead of the current one.")
def investigate(snapshot: str | None) -> None:
    """Argue a case from questions and write a report.

    `scaup investigate NAME --help` says what it takes. The report's path goes to stdout.
    """


@click.command()
def investigations() -> None:
    """List the investigations, with the question at stake in each."""
    known = _all()
    formatter = click.HelpFormatter(width=min(shutil.get_terminal_size().columns, 110))
    formatter.write_dl([(found.name, found.question) for found in known])
    click.echo(formatter.getvalue(), nl=False)
    click.echo("\n`scaup investigate NAME --help` says what one takes.", err=True)


@click.command()
@click.option("--out", "folder", metavar="FOLDER", type=click.Path(file_okay=False), help="Write them there.")
@click.option("--snapshot", metavar="ID", help="Of this snapshot instead of the current one.")
@click.option("--since", default="-92d", show_default=True, help="From when on, inclusive.")
@click.option("--until", default="now", show_default=True, help="Until when, exclusive.")
def site(folder: str | None, snapshot: str | None, since: str, until: str) -> None:
    """Render the leads' pages from the current snapshot; the overview leads to all others.

    Default: the home's reports/site/. The first page's path goes to stdout.
    """
    from scaup.site import write_site

    home = find_home()
    found = open_snapshot(home, snapshot)
    place = Path(folder) if folder else home.reports / "site"
    written = write_site(found, place, {"since": since, "until": until})
    click.echo(written[0])
    click.echo(f"{len(written)} pages · snapshot {found.id}", err=True)


def _all() -> list[Investigation]:
    return [read_investigation(path) for path in find_investigations(_folder()).values()]


def _folder() -> Path:
    return find_project() / "investigations"


def _place(home: Home, stem: str, chosen: str) -> Path:
    home.reports.mkdir(parents=True, exist_ok=True)
    return home.reports / (stem + SUFFIXES[chosen])


def _format(output_format: str | None, output_path: str | None) -> str:
    suffix = Path(output_path).suffix.lower() if output_path else ""
    by_suffix = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown", ".json": "json"}
    if output_format is None and suffix and suffix not in by_suffix:
        raise UsageError(
            f"--out {visible(str(output_path))}: no format is known for {visible(suffix)!r}; "
            "say it with --format."
        )
    return output_format or by_suffix.get(suffix) or "html"
