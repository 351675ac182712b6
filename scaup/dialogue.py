"""The shell's side of a conversation: what a line is, whether it is finished, and what was set.

Knows nothing of terminals: `scaup.cli.shell` reads and prints.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from scaup.errors import UsageError, nearest
from scaup.sandbox import Limits

# command -> (what it takes, what it does)
COMMANDS: dict[str, tuple[str, str]] = {
    "help": ("", "Show this."),
    "tables": ("[TEXT]", "List the tables, those whose name contains the text."),
    "schema": ("TABLE", "The columns of a table, with their types and what they mean."),
    "questions": ("[TEXT]", "List the questions, those whose name contains the text."),
    "ask": ("NAME [--PARAMETER VALUE]…", "Ask a question; `.ask NAME --help` says what it takes."),
    "mode": ("FORMAT", "How rows are written: table, records, csv, jsonl, json, markdown, html."),
    "out": ("FILE", "Write the next result there, in the format of its suffix."),
    "rows": ("NUMBER", "At most this many rows."),
    "seconds": ("NUMBER", "Stop a statement after this time."),
    "memory": ("SIZE", "Stop a statement beyond this memory, as in 2GiB."),
    "purpose": ("TEXT", "Why you look: goes into the audit trail with every statement."),
    "snapshot": ("[ID]", "Read another snapshot; without an id, the current one."),
    "read": ("FILE", "Run the statements of a file."),
    "settings": ("", "Show mode, limits, purpose and snapshot."),
    "quit": ("", "Leave. So does Ctrl-D."),
}
MODES = ("table", "records", "csv", "jsonl", "json", "markdown", "html")
TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w*)\$.*?\$\1\$"  # texts and names
    r"|--[^\n]*(?:\n|$)|/\*.*?\*/|;|[^'\"$;/-]+|.",  # comments, the end, everything else
    re.DOTALL,
)
OPENS = re.compile(r"'|\"|/\*|\$[A-Za-z_]*\$")


@dataclass(frozen=True)
class Settings:
    """What was set in this conversation."""

    mode: str | None = None
    out: str | None = None
    limits: Limits = field(default_factory=lambda: Limits(rows=1_000))
    purpose: str = ""
    snapshot: str | None = None


@dataclass(frozen=True)
class Command:
    """A line that begins with a dot: its name and its words."""

    name: str
    words: tuple[str, ...]


def split(text: str) -> tuple[list[str], str]:
    """The finished statements of a text, and the rest that no semicolon ended yet.

    A semicolon inside a text, a quoted name or a comment ends nothing.

    >>> split("select 1; select ';")
    (['select 1'], " select ';")
    """
    finished, place = [], 0
    for token in TOKEN.finditer(text):
        if token.group() == ";":
            if statement := text[place : token.start()].strip():
                finished.append(statement)
            place = token.end()
        elif len(token.group()) == 1 and OPENS.match(text, token.start()):
            break  # a text, a name or a comment that goes on in the next line
    return finished, text[place:]


def is_blank(text: str) -> bool:
    """Whether a text holds nothing to run: spaces and comments."""
    return not re.sub(r"--[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL).strip()


def is_finished(text: str) -> bool:
    """Whether Enter sends the text: a command, nothing at all, or statements that a semicolon ends."""
    return text.lstrip().startswith(".") or is_blank(text) or is_blank(split(text)[1])


def command(line: str) -> Command:
    """A line that begins with a dot, taken apart. Raises UsageError with the nearest command."""
    name, _, rest = line.strip()[1:].partition(" ")
    known = {"exit": "quit", "q": "quit", "h": "help"}.get(name, name)
    if known not in COMMANDS:
        raise UsageError(f"No command .{name}.{nearest(name, COMMANDS)} .help lists all {len(COMMANDS)}.")
    if known in ("purpose", "read", "out"):
        words: tuple[str, ...] = (rest.strip().strip("'\""),) if rest.strip() else ()
    else:
        try:
            words = tuple(shlex.split(rest.rstrip().removesuffix(";")))
        except ValueError as error:
            raise UsageError(f".{known}: a quote is not closed.") from error
    takes = COMMANDS[known][0]
    most = 0 if not takes else 1
    if known != "ask" and len(words) > most:
        raise UsageError(f".{known} takes {takes or 'nothing'}; it was given {len(words)} words.")
    if takes and not takes.startswith("[") and not words and known != "purpose":
        raise UsageError(f".{known} needs {takes.split()[0]}. {COMMANDS[known][1]}")
    return Command(known, words)


def changed(settings: Settings, asked: Command) -> Settings:
    """The settings after one of .mode, .out, .rows, .seconds, .memory and .purpose. Raises UsageError."""
    value = asked.words[0] if asked.words else ""
    if asked.name == "mode":
        if value not in MODES:
            raise UsageError(f"No mode {value!r}.{nearest(value, MODES)} Modes: {', '.join(MODES)}.")
        return replace(settings, mode=value)
    if asked.name == "out":
        return replace(settings, out=value)
    if asked.name == "purpose":
        return replace(settings, purpose=value)
    limits = settings.limits
    if asked.name == "rows":
        limits = replace(limits, rows=int(_number(asked, value, int, 1, 10_000_000)))
    elif asked.name == "seconds":
        limits = replace(limits, seconds=_number(asked, value, float, 0.1, 3600))
    else:
        limits = replace(limits, memory=value)
        _ = limits.memory_bytes  # says so when it is no size
    return replace(settings, limits=limits)


def _number(asked: Command, value: str, kind: Callable[[str], float], least: float, most: float) -> float:
    try:
        number = kind(value)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise UsageError(
            f".{asked.name} takes a number from {least:g} to {most:,.0f}; it was given {value!r}."
        )
    return number
