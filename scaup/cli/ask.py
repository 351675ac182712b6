"""`scaup questions`, `scaup ask` and `scaup sql`: the reading door of the command line.

Nothing heavy is imported here: the words come from the snapshot's catalogue.json, and rich only
when a table goes to a terminal.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from scaup.answers import Answer, guarded_count, no_rows, plain_text, visible, written
from scaup.errors import ScaupError, UsageError
from scaup.home import find_home
from scaup.project import Parameter, Question
from scaup.warehouse import Snapshot, open_snapshot

FORMATS = ("table", "records", "csv", "jsonl", "json", "parquet", "xlsx", "html", "markdown")
SUFFIXES = {
    ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".parquet": "parquet",
    ".xlsx": "xlsx", ".html": "html", ".htm": "html", ".md": "markdown", ".txt": "table",
}  # fmt: skip
FORMAT_HELP = (
    "How the rows are written. Default: by the suffix of --out; else a table on a terminal and CSV in a pipe."
)

OUTPUT = (
    click.Option(["--format", "output_format"], type=click.Choice(FORMATS), help=FORMAT_HELP),
    click.Option(["--out", "output_path"], metavar="FILE", type=click.Path(), help="Write the rows there."),
    click.Option(
        ["--raw", "output_raw"],
        is_flag=True,
        help="CSV for machines: values unaltered, no guard against spreadsheet formulas.",
    ),
)


class Asking(click.Group):
    """`scaup ask NAME`: one command per question, made from the question's own declaration."""

    def list_commands(self, context: click.Context) -> list[str]:
        try:
            return sorted(_snapshot(context).catalogue.questions)
        except ScaupError:
            if context.resilient_parsing:  # completing: silence, not an error in the middle of a line
                return []
            raise

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        try:
            return asking(_snapshot(context).catalogue.question(name), _snapshot(context))
        except ScaupError:
            if context.resilient_parsing:
                return None
            raise

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        questions = _snapshot(context).catalogue.questions
        with formatter.section("Questions"):
            formatter.write_dl([(name, questions[name].line) for name in sorted(questions)])


class AskCommand(click.Command):
    """The command of one question; its help is the question's declaration."""

    def __init__(self, question: Question, **settings: Any) -> None:
        super().__init__(question.name, **settings)
        self.question = question

    def format_help_text(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        for text in (self.question.question, self.question.rows, self.question.description):
            if text:
                formatter.write_paragraph()
                formatter.write_text(" ".join(text.split()))

    def format_epilog(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        if self.question.columns:
            with formatter.section("Columns"):
                formatter.write_dl([(column.name, column.description) for column in self.question.columns])
        if self.question.caveats:
            with formatter.section("Mind"):
                for caveat in self.question.caveats:
                    formatter.write_text(" ".join(caveat.split()))
        if self.question.empty:
            with formatter.section("No rows mean"):
                formatter.write_text(" ".join(self.question.empty.split()))
        with formatter.section("The same in SQL"):
            formatter.write_text(f'scaup sql "{as_macro(self.question)}"')


def as_macro(question: Question) -> str:
    """The question as a table macro, with the parameters that it needs.

    >>> as_macro(account_activity)
    "from ask.account_activity('…')"
    """
    needed = [found for found in question.parameters if found.required]
    marks = {"bigint": "0", "double": "0.0", "boolean": "true", "varchar[]": "['…']"}
    values = ", ".join(marks.get(found.type, "'…'") for found in needed)
    return f"from ask.{question.name}({values})"


def asking(question: Question, snapshot: Snapshot) -> click.Command:
    """The click command that asks one question. Raises ScaupError when an option's name is taken."""
    taken = {option for parameter in OUTPUT for option in parameter.opts} | {"--help", "-h"}
    for parameter in question.parameters:
        if parameter.flag in taken:
            raise ScaupError(
                f"analyses/{question.name}.yml declares {parameter.name!r}; {parameter.flag} is an option of "
                "every question. Call the parameter something else."
            )

    def run(output_format: str | None, output_path: str | None, output_raw: bool, **given: Any) -> None:
        from scaup.questions import ask as ask_question

        values = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
        chosen = format_of(output_format, output_path, output_raw)
        asked = {name: value for name, value in values.items() if value is not None and value != []}
        emit(ask_question(question, asked, snapshot), chosen, output_path, output_raw)

    return AskCommand(
        question,
        params=[*map(option_of, question.parameters), *OUTPUT],
        callback=run,
        short_help=question.line,
    )


def option_of(parameter: Parameter) -> click.Option:
    """A parameter as an option. Values stay text here; `scaup.parameters` gives them their type."""
    choices = parameter.values or (("true", "false") if parameter.type == "boolean" else ())
    facts = ["required"] if parameter.required else []
    if parameter.default is not None:
        told = parameter.default
        words = (", ".join(map(plain_text, told)) or "none") if isinstance(told, tuple) else told
        facts.append(f"default: {words}")
    if parameter.minimum is not None or parameter.maximum is not None:
        low, high = (
            plain_text(bound) if bound is not None else "…"
            for bound in (parameter.minimum, parameter.maximum)
        )
        facts.append(f"{low} to {high}")
    if parameter.values:
        facts.append("one of " + ", ".join(parameter.values))
    if parameter.type.endswith("[]"):
        facts.append("may be given several times")
    return click.Option(
        [parameter.flag, parameter.name],
        metavar=parameter.type.removesuffix("[]").upper(),
        multiple=parameter.type.endswith("[]"),
        help=" ".join(parameter.description.split()) + (f"  [{'; '.join(facts)}]" if facts else ""),
        shell_complete=lambda context, option, incomplete: [
            choice for choice in choices if choice.startswith(incomplete)
        ],
    )


@click.command(cls=Asking, no_args_is_help=True, subcommand_metavar="NAME [--PARAMETER VALUE]…")
@click.option("--snapshot", metavar="ID", help="Ask this snapshot instead of the current one.")
def ask(snapshot: str | None) -> None:
    """Ask a question of the current snapshot.

    `scaup ask NAME --help` says what a question takes and what its rows are. Rows go to stdout, what
    is said about them to stderr.
    """


@click.command()
@click.option("--snapshot", metavar="ID", help="List those of this snapshot instead of the current one.")
def questions(snapshot: str | None) -> None:
    """List the questions that can be asked, with what each answers."""
    known = open_snapshot(find_home(), snapshot).catalogue.questions
    if not sys.stdout.isatty():
        for name in sorted(known):
            click.echo(f"{name}\t{known[name].line}")
        return
    formatter = click.HelpFormatter(width=min(shutil.get_terminal_size().columns, 110))
    formatter.write_dl([(name, known[name].line) for name in sorted(known)])
    click.echo(formatter.getvalue(), nl=False)
    click.echo("\n`scaup ask NAME --help` says what a question takes.", err=True)


@click.command()
@click.argument("statement", required=False)
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False), help="Read the statement there."
)
@click.option(
    "--rows",
    type=click.IntRange(1, 10_000_000),
    default=10_000,
    show_default=True,
    help="At most this many rows.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 3600),
    default=30.0,
    show_default=True,
    help="Stop after this time.",
)
@click.option("--memory", default="2GiB", show_default=True, help="Stop beyond this memory.")
@click.option(
    "--purpose", envvar="SCAUP_PURPOSE", default="", show_envvar=True, help="Why: goes into the audit trail."
)
@click.option("--snapshot", metavar="ID", help="Run it on this snapshot instead of the current one.")
def sql(
    statement: str | None, path: str | None, rows: int, seconds: float, memory: str, purpose: str,
    snapshot: str | None, output_format: str | None, output_path: str | None, output_raw: bool,
) -> None:  # fmt: skip
    """Run one SELECT on the current snapshot, in a process of its own with hard limits.

    STATEMENT is SQL; without it, or with -, it is read from stdin. Who ran what, when and
    why is recorded in the home's audit/audit.jsonl (the statement as a hash).
    """
    from scaup.sandbox import Limits, run_sql

    text = _statement(statement, path)
    home = find_home()
    chosen = format_of(output_format, output_path, output_raw)
    limits = Limits(rows=rows, seconds=seconds, memory=memory)
    answer = run_sql(text, open_snapshot(home, snapshot), limits, home, purpose)
    emit(answer, chosen, output_path, output_raw)


sql.params.extend(OUTPUT)


def _statement(statement: str | None, path: str | None) -> str:
    is_piped = statement is None and path is None and not sys.stdin.isatty()
    try:
        if is_piped or statement == "-":
            statement = sys.stdin.buffer.read().decode()
        if (statement is None) == (path is None) or statement == "":
            raise UsageError("Give one statement: as an argument, with --file FILE, or - for stdin.")
        if statement is None:
            return Path(str(path)).read_text(encoding="utf-8")
        if statement.endswith(".sql") and Path(statement).is_file():
            raise UsageError(f"{statement} is a file; run what is in it with --file {statement}.")
        return statement
    except UnicodeDecodeError as error:
        raise UsageError(f"The statement is not UTF-8 text: {error.reason}.") from error


def _snapshot(context: click.Context) -> Snapshot:
    """The snapshot of this call, opened once."""
    chosen = context.params.get("snapshot")
    found = context.meta.get("scaup.snapshot")
    if not isinstance(found, Snapshot) or (chosen and found.id != chosen):
        found = context.meta["scaup.snapshot"] = open_snapshot(find_home(), chosen)
    return found


def format_of(output_format: str | None, output_path: str | None, raw: bool) -> str:
    """The format to write. Raises UsageError for what would harm the terminal or say nothing."""
    suffix = Path(output_path).suffix.lower() if output_path else ""
    on_terminal = output_path is None and sys.stdout.isatty()
    if output_format is None and suffix and suffix not in SUFFIXES:
        raise UsageError(f"--out {output_path}: no format is known for {suffix!r}; say it with --format.")
    chosen = output_format or SUFFIXES.get(suffix) or ("table" if on_terminal else "csv")
    if raw and chosen != "csv":
        raise UsageError("--raw is about CSV. jsonl, json and parquet are unaltered as they are.")
    if on_terminal and (raw or chosen in ("parquet", "xlsx")):
        raise UsageError(f"{'--raw' if raw else chosen} is not for a terminal: write it with --out FILE.")
    return chosen


def emit(answer: Answer, chosen: str, output_path: str | None, raw: bool) -> None:
    """Write the rows to the file or stdout, and what there is to say about them to stderr."""
    notes: list[str] = []
    if chosen in ("table", "records"):
        from scaup.terminal import on_terminal

        is_colored = output_path is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        width = max(shutil.get_terminal_size((80, 24)).columns, 20)
        screen = on_terminal(answer, width, records=chosen == "records", color=is_colored)
        content = screen.text.encode("utf-8", "backslashreplace") if answer else b""
        if screen.hidden:
            notes.append(
                f"{len(screen.hidden)} columns do not fit: {', '.join(map(visible, screen.hidden))}."
            )
            notes.append("--format records shows all.")
    else:
        content = written(answer, chosen, raw=raw)
    if chosen == "csv" and not raw and (count := guarded_count(answer)):
        values = "1 value" if count == 1 else f"{count:,} values"
        notes.append(
            f"{values} got an apostrophe so that no spreadsheet runs a formula; --raw leaves it out."
        )
    if output_path:
        write_whole(Path(output_path), content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    if not answer:
        click.echo(no_rows(answer), err=True)
    if answer.cut_by:
        notes.insert(0, f"Cut by {answer.cut_by}: there may be more.")
    for note in notes:
        click.echo(note, err=True)
    click.echo(_footer(answer, output_path), err=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all. Raises UsageError when it cannot be."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as part:
            part.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(part.name).chmod(0o666 & ~mask)
        Path(part.name).replace(path)
    except OSError as error:
        if "part" in locals():
            Path(part.name).unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def _footer(answer: Answer, output_path: str | None) -> str:
    rows = "1 row" if answer.row_count == 1 else f"{answer.row_count:,} rows"
    parts = [
        rows + (f" in {output_path}" if output_path else ""),
        f"{answer.elapsed_ms:,.0f} ms",
        f"snapshot {answer.snapshot_id}",
        f"as of {answer.as_of:%Y-%m-%d %H:%M} UTC",
    ]
    return " · ".join(parts)
