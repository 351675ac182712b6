"""The command line. Each command lives in a module that is imported only when it is called,
so that asking a question never pays for building one."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

import click

from scaup import __version__
from scaup.errors import ScaupError, nearest

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# command -> (module, one line of help). Help is here so that `scaup --help` imports nothing.
COMMANDS: dict[str, tuple[str, str]] = {
    "ingest": ("scaup.cli.ingest", "Take raw files into the lake; what does not fit is quarantined."),
    "loads": ("scaup.cli.ingest", "List what was taken in, with its counts."),
    "quarantine": ("scaup.cli.ingest", "Show the rows that did not fit, and why."),
    "world": ("scaup.cli.world", "Write a made world: raw files with planted actors and look-alikes."),
    "score": ("scaup.cli.score", "Score the current snapshot against a made world's sealed answer key."),
    "new": ("scaup.cli.new", "Begin a signal: its two files and its line, with blanks to fill."),
    "build": ("scaup.cli.build", "Build, check and publish a snapshot of the lake."),
    "check": ("scaup.cli.build", "Run the checks on the lake and the current snapshot."),
    "snapshots": ("scaup.cli.build", "List the published snapshots."),
    "rollback": ("scaup.cli.build", "Make an earlier snapshot current."),
    "questions": ("scaup.cli.ask", "List the questions that can be asked."),
    "ask": ("scaup.cli.ask", "Ask a question of the current snapshot."),
    "sql": ("scaup.cli.ask", "Run one SELECT on the current snapshot, safely."),
    "shell": ("scaup.cli.shell", "Query and ask in one sitting, with completion and history."),
    "triage": ("scaup.cli.triage", "One screen about one id: risk, clocks, what fired, what next."),
    "investigations": ("scaup.cli.investigate", "List the investigations."),
    "investigate": ("scaup.cli.investigate", "Argue a case from questions; write a report."),
    "lint": ("scaup.cli.rigour", "Find what a report argues without ground."),
    "ach": ("scaup.cli.rigour", "Weigh competing hypotheses: which one does the evidence contradict least?"),
    "site": ("scaup.cli.investigate", "Render the leads' pages from the current snapshot."),
    "case": (
        "scaup.cli.case",
        "Casework: open, add, run questions, judge, decide, see how it stands.",
    ),
    "seal": ("scaup.cli.seal", "Seal a case into one signed package."),
    "verify": ("scaup.cli.seal", "Say whether a package is whole, unaltered and signed by a key."),
    "replay": ("scaup.cli.seal", "Ask again what a package says was asked, and compare."),
    "key": ("scaup.cli.key", "Make and list the keys that sign cases and packages."),
    "export": (
        "scaup.cli.export",
        "Write a case for a partner: STIX, MISP, CyberTipline draft, hash feedback.",
    ),
    "erase": ("scaup.cli.erase", "Erase a subject for good, and prove that it is gone."),
    "completion": ("scaup.cli.completion", "Print the line that turns on tab completion."),
}


class Commands(click.Group):
    """A group that imports a command's module only when the command is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[name][0]), name)
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(
                f"No command named {args[0]!r}.{nearest(args[0], COMMANDS)} `scaup --help` lists them all."
            )
        return super().resolve_command(context, args)

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem]:
        if incomplete.startswith("-"):
            return super().shell_complete(context, incomplete)
        from click.shell_completion import CompletionItem

        return [
            CompletionItem(name, help=line)
            for name, (_, line) in COMMANDS.items()
            if name.startswith(incomplete)
        ]

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="scaup")
@click.option(
    "--home", envvar="SCAUP_HOME", help="Where lake and snapshots are kept. Default: var/ in the checkout."
)
def cli(home: str | None) -> None:
    """From raw traffic to evidence: investigation analytics in SQL."""
    if home:
        os.environ["SCAUP_HOME"] = home


def main() -> None:
    """Run the command line; a ScaupError becomes one message on stderr and its exit code."""
    try:
        cli(prog_name="scaup")
    except ScaupError as error:
        from scaup.answers import visible

        # A message may quote data, and data must not act on a terminal.
        click.echo("scaup: " + "\n".join(map(visible, str(error).split("\n"))), err=True)
        sys.exit(error.exit_code)
