"""`scaup shell`: statements and questions one after the other, with completion and history.

Every statement runs as with `scaup sql`: in a process of its own, inside hard limits, on the published
snapshot, recorded. Only the line editor is loaded here in addition, and only on a terminal.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaup.answers import plain_text, visible
from scaup.cli.ask import asking, emit, format_of
from scaup.dialogue import COMMANDS, MODES, Command, Settings, changed, command, is_blank, is_finished, split
from scaup.errors import ScaupError, UsageError, nearest
from scaup.home import Home, find_home
from scaup.sandbox import Limits, run_sql
from scaup.vocabulary import Candidate, Vocabulary, matching
from scaup.warehouse import Snapshot, open_snapshot

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

PROMPTS = ("scaup> ", "   ...> ")


@click.command()
@click.option("--snapshot", metavar="ID", help="Read this snapshot instead of the current one.")
@click.option(
    "--purpose", envvar="SCAUP_PURPOSE", default="", show_envvar=True, help="Why: goes into the audit trail."
)
@click.option(
    "--mode", type=click.Choice(MODES), help="How rows are written. Default: a table on a terminal."
)
@click.option("--rows", type=click.IntRange(1, 10_000_000), default=1_000, show_default=True, help="At most.")
@click.option("--seconds", type=click.FloatRange(0.1, 3600), default=30.0, show_default=True, help="At most.")
@click.option("--memory", default="2GiB", show_default=True, help="Stop beyond this memory.")
@click.option("--history/--no-history", default=True, help="Keep what is typed in the home's shell_history.")
def shell(
    snapshot: str | None,
    purpose: str,
    mode: str | None,
    rows: int,
    seconds: float,
    memory: str,
    history: bool,
) -> None:
    """Ask and query in one sitting, with completion and history.

    Statements end with a semicolon and may take several lines; `.help` lists the commands. Each
    statement runs as with `scaup sql`: one SELECT, in a process of its own, inside hard limits. From
    a pipe or a file the same is read without a prompt, and the exit code is 1 when something failed.
    """
    limits = Limits(rows=rows, seconds=seconds, memory=memory)
    _ = limits.memory_bytes
    talk = Talk(find_home(), Settings(mode=mode, limits=limits, purpose=purpose, snapshot=snapshot))
    if sys.stdin.isatty():
        _converse(talk, history)
    else:
        talk.hear_all(sys.stdin.buffer.read().decode("utf-8", "surrogateescape"))
    if talk.failures and not sys.stdin.isatty():
        sys.exit(1)


class Talk:
    """One conversation: what was set, which snapshot is open, and how often something failed."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self.home = home
        self.settings = settings
        self.failures = 0
        self.is_over = False
        self._open(settings.snapshot)

    def _open(self, snapshot_id: str | None) -> None:
        self.snapshot: Snapshot = open_snapshot(self.home, snapshot_id)
        self.vocabulary = Vocabulary(self.snapshot.catalogue)

    def hear_all(self, text: str) -> None:
        """All lines of a file, a command or as many statements as end in them at a time."""
        waiting = ""
        for line in text.splitlines(keepends=True):
            waiting += line
            if is_finished(waiting):
                self.hear(waiting)
                waiting = ""
            if self.is_over:
                return
        if not is_blank(waiting):
            self.hear(waiting + "\n;")

    def hear(self, text: str) -> None:
        """A command, or finished statements. What goes wrong is said, and the conversation goes on."""
        try:
            if text.lstrip().startswith("."):
                self._do(command(text))
                return
            for statement in split(text)[0]:
                if not is_blank(statement):
                    self._run(statement)
        except ScaupError as error:
            self._failed(str(error))
        except click.ClickException as error:
            self._failed(error.format_message())
        except KeyboardInterrupt:
            self._failed("Stopped.")

    def _failed(self, message: str) -> None:
        self.failures += 1
        click.echo("\n".join(map(visible, message.split("\n"))), err=True)

    def _run(self, statement: str) -> None:
        settings = self.settings
        chosen = self._format()
        answer = run_sql(statement, self.snapshot, settings.limits, self.home, settings.purpose)
        emit(answer, chosen, settings.out, False)
        self.settings = replace(settings, out=None)

    def _format(self) -> str:
        return format_of(None if self.settings.out else self.settings.mode, self.settings.out, False)

    def _do(self, asked: Command) -> None:
        doing: dict[str, Callable[[tuple[str, ...]], None]] = {
            "help": self._help,
            "tables": self._tables,
            "schema": self._schema,
            "questions": self._questions,
            "ask": self._ask,
            "snapshot": self._snapshot,
            "read": self._read,
            "settings": self._settings,
            "quit": self._quit,
        }
        if asked.name in doing:
            doing[asked.name](asked.words)
        else:
            self.settings = changed(self.settings, asked)

    def _help(self, words: tuple[str, ...]) -> None:
        _listed((f".{name} {takes}", does) for name, (takes, does) in COMMANDS.items())

    def _tables(self, words: tuple[str, ...]) -> None:
        models = self.snapshot.catalogue.models.values()
        _listed(
            (f"{model.schema}.{model.name}", " ".join(model.description.split()))
            for model in sorted(models, key=lambda model: (model.schema, model.name))
            if not words or words[0].lower() in f"{model.schema}.{model.name}".lower()
        )

    def _schema(self, words: tuple[str, ...]) -> None:
        wanted = words[0].lower()
        models = self.snapshot.catalogue.models.values()
        found = [model for model in models if wanted in (model.name, f"{model.schema}.{model.name}")]
        if not found:
            known = [f"{model.schema}.{model.name}" for model in models] + [model.name for model in models]
            raise UsageError(f"No table {words[0]!r}.{nearest(wanted, known)} `.tables` lists them all.")
        click.echo(visible(" ".join(found[0].description.split())), err=True)
        _listed((f"{column.name} {column.type}".strip(), column.description) for column in found[0].columns)

    def _questions(self, words: tuple[str, ...]) -> None:
        known = self.snapshot.catalogue.questions
        _listed((name, known[name].line) for name in sorted(known) if not words or words[0].lower() in name)

    def _ask(self, words: tuple[str, ...]) -> None:
        asked = asking(self.snapshot.catalogue.question(words[0]), self.snapshot)
        given = list(words[1:])
        if not {"--format", "--out"} & {word.partition("=")[0] for word in given}:
            given += ["--out", self.settings.out] if self.settings.out else []
            given += ["--format", self._format()]
        asked.main(given, prog_name=f".ask {words[0]}", standalone_mode=False)
        self.settings = replace(self.settings, out=None)

    def _snapshot(self, words: tuple[str, ...]) -> None:
        self._open(words[0] if words else None)
        click.echo(self.greeting, err=True)

    def _read(self, words: tuple[str, ...]) -> None:
        try:
            text = Path(words[0]).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{words[0]} cannot be read: {error}.") from error
        if any(line.lstrip().startswith(".read") for line in text.splitlines()):
            raise UsageError(f"{words[0]} itself reads a file; give the files one by one.")
        self.hear_all(text)

    def _settings(self, words: tuple[str, ...]) -> None:
        found = self.settings
        _listed(
            [
                ("mode", found.mode or "table on a terminal, csv in a pipe"),
                ("out", found.out or "stdout"),
                ("rows", f"{found.limits.rows:,} at most"),
                ("seconds", f"{found.limits.seconds:g} at most"),
                ("memory", f"{found.limits.memory} at most"),
                ("purpose", found.purpose or "not stated; `.purpose TEXT` states it"),
                ("snapshot", f"{self.snapshot.id}, as of {plain_text(self.snapshot.as_of)}"),
            ]
        )

    def _quit(self, words: tuple[str, ...]) -> None:
        self.is_over = True

    @property
    def greeting(self) -> str:
        """What is open, and how to go on from there."""
        return (
            f"Snapshot {self.snapshot.id}, as of {self.snapshot.as_of:%Y-%m-%d %H:%M} UTC. "
            "Statements end with ; and Tab completes. .help lists the commands."
        )

    def candidates(self, before: str, whole: str) -> list[Candidate]:
        """What Tab offers."""
        if not before.lstrip().startswith("."):
            return self.vocabulary.candidates(before, whole)
        words = before.lstrip().split(" ")
        typed = words[-1]
        if len(words) == 1:
            return matching((f".{name}" for name in COMMANDS), typed)
        questions = self.vocabulary.questions
        if words[0] == ".ask" and len(words) > 2 and words[1] in questions:
            flags = [found.flag for found in questions[words[1]].parameters]
            return matching([flag for flag in [*flags, "--format", "--out"] if flag not in words], typed)
        choices: dict[str, Iterable[str]] = {
            ".ask": questions,
            ".schema": self.vocabulary.relations,
            ".mode": MODES,
            ".snapshot": sorted(found.parent.name for found in self.home.snapshots.glob("*/manifest.json")),
        }
        return matching(choices.get(words[0], ()), typed) if len(words) == 2 else []


def _listed(pairs: Iterable[tuple[str, str]]) -> None:
    """Names and what they mean, on stdout, as wide as the terminal."""
    formatter = click.HelpFormatter(width=min(shutil.get_terminal_size().columns, 110))
    if rows := [(visible(name), visible(text)) for name, text in pairs]:
        formatter.write_dl(rows)
    click.echo(formatter.getvalue(), nl=False)


def _converse(talk: Talk, history: bool) -> None:
    """Read lines from a terminal until the user leaves."""
    session = _session(talk, history)
    click.echo(talk.greeting, err=True)
    while not talk.is_over:
        try:
            text = session.prompt(PROMPTS[0])
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        talk.hear(text)


def _session(talk: Talk, history: bool) -> PromptSession[str]:
    """The line editor: Enter ends what is finished and continues what is not."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.application import get_app
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document
    from prompt_toolkit.filters import completion_is_selected, has_completions
    from prompt_toolkit.history import FileHistory, InMemoryHistory
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    class Words(Completer):
        def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
            for found in talk.candidates(document.text_before_cursor, document.text):
                yield Completion(found.text, -found.length, display_meta=found.kind[:60])

    keys = KeyBindings()

    @keys.add("enter", filter=~(has_completions & completion_is_selected))
    def _(event: KeyPressEvent) -> None:
        if is_finished(event.current_buffer.text):
            event.current_buffer.validate_and_handle()
        else:
            event.current_buffer.insert_text("\n")

    @keys.add("enter", filter=has_completions & completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        get_app().current_buffer.complete_state = None

    return PromptSession(
        history=FileHistory(str(_history(talk.home))) if history else InMemoryHistory(),
        completer=Words(),
        complete_while_typing=False,
        multiline=True,
        prompt_continuation=PROMPTS[1],
        key_bindings=keys,
        enable_history_search=True,
    )


def _history(home: Home) -> Path:
    """The file of what was typed; only its owner may read it, because statements quote data."""
    path = home.root / "shell_history"
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. Go without: --no-history.") from error
    return path
