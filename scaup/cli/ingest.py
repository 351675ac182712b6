"""`scaup ingest`, `loads`, `quarantine`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from scaup.home import find_home
from scaup.pace import Pace, told

if TYPE_CHECKING:
    from scaup.ingest import Load

# Elsewhere than on a terminal, a line of progress at most this often.
SECONDS_BETWEEN_LINES = 5.0
RAW_SHOWN = 300
MOST_NAMED = 5
COUNTS = ("read", "accepted", "repeated", "quarantined")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--adapter", help="A folder of adapters/ that says how a provider's files become raw tables.")
@click.option("--table", help="The raw table that the files hold. Default: what their name or folder says.")
@click.option("--format", "file_format", type=click.Choice(["parquet", "csv", "jsonl"]),
              help="What a named file is, where its ending does not say.")  # fmt: skip
@click.option("--memory-limit", default="2GiB", show_default=True, help="More than this spills to disk.")
def ingest(
    paths: tuple[str, ...],
    adapter: str | None,
    table: str | None,
    file_format: str | None,
    memory_limit: str,
) -> None:
    """Take files and folders into the lake: Parquet, CSV and JSON Lines, the text ones plain or .gz.

    One call is one load, and a load is all or nothing. Rows that do not fit the contract are put into
    quarantine, each with its reason, line and text; of each file, read = accepted + quarantined. A file
    that was loaded before is skipped, and a row that was sent before is counted once. Prints the load's id.
    """
    from scaup.ingest import ingest as ingest_files

    with _progress() as said:
        load = ingest_files(
            paths, find_home(), adapter, table, said, format=file_format, memory_limit=memory_limit
        )
    _say_notes(load)
    if load.load_id is None:
        _say("Nothing new: every file is in the lake already.")
        return
    _say_totals(load)
    if any(file.rows_quarantined for file in load.files):
        _say(f"See what did not fit, and why: scaup quarantine --load {load.load_id}")
    _say("Next: scaup build")
    click.echo(load.load_id)


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON Lines, one manifest a line, for programs.")
@click.pass_context
def loads(context: click.Context, as_json: bool) -> None:
    """List what was taken in, the oldest load first, with its counts per table.

    `scaup loads remove LOAD --reason TEXT` takes a load out again.
    """
    from scaup.lake import manifests

    if context.invoked_subcommand:
        return

    known = manifests(find_home())
    if as_json:
        for manifest in known:
            click.echo(json.dumps(manifest))
        return
    if not known:
        _say("Nothing has been loaded yet. `scaup ingest` loads files.")
        return
    lines: list[tuple[str, ...]] = [("load", "loaded at", "adapter", "table", "files", *COUNTS)]
    for manifest in known:
        for table in sorted({file["table"] for file in manifest["files"]}):
            files = [file for file in manifest["files"] if file["table"] == table]
            counts = [sum(file[f"rows_{name}"] for file in files) for name in COUNTS]
            lines.append(
                (
                    manifest["load_id"],
                    manifest["loaded_at"][:16].replace("T", " "),
                    manifest["adapter"] or "–",
                    table,
                    f"{len(files):,}",
                    *(f"{count:,}" for count in counts),
                )
            )
    for line in _aligned(lines, texts=4):
        click.echo(line)


@loads.command("remove")
@click.argument("load_id", metavar="LOAD")
@click.option("--reason", default="", help="Why. Needed; it is recorded, with the load's manifest.")
def remove_load(load_id: str, reason: str) -> None:
    """Take a load out of the lake; a beginning or end of its id will do. The next build is without it."""
    from scaup.loads import remove

    done = remove(find_home(), load_id, reason)
    _say(f"Took out {done.load_id}: {done.rows:,} accepted rows. Its manifest is in removed-loads.jsonl.")
    for later in done.lean_on_it:
        _say(f"{later} counted rows of the same tables as repeated: scaup quarantine retry {later}")
    _say("Next: scaup build")
    click.echo(done.load_id)


@click.group(invoke_without_command=True)
@click.option("--load", "load_id", help="Only this load; a beginning or end of its id will do.")
@click.option("--table", help="Only rows for this raw table.")
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="Rows to show.")
@click.option("--json", "as_json", is_flag=True, help="The rows alone, as JSON Lines, unshortened.")
@click.pass_context
def quarantine(
    context: click.Context, load_id: str | None, table: str | None, limit: int, as_json: bool
) -> None:
    """Show the rows that did not fit: how many for each reason, then some of them.

    A row's line is the physical line of its text file, or its row in a Parquet file. Control and
    invisible characters are written as escapes. `list` shows the counts alone, `show` one load's rows;
    after mending an adapter, `retry` reads a load's files again. Nothing is dropped by hand.
    """
    if not context.invoked_subcommand:
        _show(load_id, table, limit, as_json)


@quarantine.command("list")
def list_quarantine() -> None:
    """How many rows did not fit, for each load, table and reason. A load that was retried is left out."""
    from scaup.answers import visible
    from scaup.quarantine import reasons_by_load

    found = reasons_by_load(find_home())
    if not found:
        _say("Nothing is in quarantine: every row that was read fits.")
        return
    lines: list[tuple[str, ...]] = [("load", "rows", "files", "table", "reason")]
    lines += [
        (load_id, f"{one.rows:,}", f"{one.files:,}", one.table, visible(one.reason)) for load_id, one in found
    ]
    for line in _aligned(lines, texts=1, numbers=2):
        click.echo(line)
    _say(
        "Their lines: scaup quarantine show LOAD. When what was wrong is mended: scaup quarantine retry LOAD"
    )


@quarantine.command("show")
@click.argument("load_id", metavar="LOAD")
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="Rows to show.")
@click.option("--json", "as_json", is_flag=True, help="The rows alone, as JSON Lines, unshortened.")
def show_quarantine(load_id: str, limit: int, as_json: bool) -> None:
    """The rows of one load that did not fit; a beginning or end of its id will do."""
    _show(load_id, None, limit, as_json)


@quarantine.command("retry")
@click.argument("load_id", metavar="LOAD")
@click.option(
    "--from", "where", multiple=True, metavar="PATH", help="Where the files are now, if they moved."
)
def retry_load(load_id: str, where: tuple[str, ...]) -> None:
    """Read a load's files again, with its adapter as it now is, and take in what fits by now.

    What is in the lake already counts as repeated; what still does not fit is in the new load's
    quarantine, which takes the place of the old one's. Prints the new load's id.
    """
    from scaup.loads import retry

    with _progress() as said:
        load = retry(find_home(), load_id, where, said)
    _say_notes(load)
    _say_totals(load)
    _say("Next: scaup build")
    click.echo(load.load_id)


def _show(load_id: str | None, table: str | None, limit: int, as_json: bool) -> None:
    from scaup.answers import visible
    from scaup.quarantine import read_quarantine

    reasons, rows = read_quarantine(find_home(), load_id, table, limit)
    if as_json:
        for row in rows:
            click.echo(json.dumps(asdict(row)))
        return
    if not reasons:
        _say("Nothing is in quarantine: every row that was read fits.")
        return
    lines: list[tuple[str, ...]] = [("rows", "files", "table", "reason")]
    lines += [(f"{one.rows:,}", f"{one.files:,}", one.table, visible(one.reason)) for one in reasons]
    for line in _aligned(lines, texts=0, numbers=2):
        click.echo(line)
    for row in rows:
        raw = visible(row.raw)
        shown = raw if len(raw) <= RAW_SHOWN else f"{raw[:RAW_SHOWN]}… ({len(row.raw):,} characters)"
        click.echo(f"\n{visible(row.file)}:{row.line}  {row.table}  {visible(row.reason)}\n  {shown}")
    total = sum(one.rows for one in reasons)
    if len(rows) < total:
        _say(f"\n{len(rows):,} of {total:,} rows shown; --limit shows more, --json shows them whole.")


def _say(line: str) -> None:
    click.echo(line, err=True)


def _say_notes(load: Load) -> None:
    from scaup.answers import visible

    for path, table, where in load.skipped[:MOST_NAMED]:
        _say(f"Skipped {visible(path)}: its {table} rows are in the lake already (load {where}).")
    if len(load.skipped) > MOST_NAMED:
        _say(f"Skipped {len(load.skipped) - MOST_NAMED:,} more that are in the lake already.")
    if load.passed_over:
        named = ", ".join(visible(path) for path in load.passed_over[:MOST_NAMED])
        left = len(load.passed_over) - MOST_NAMED
        more = f" and {left:,} more" if left > 0 else ""
        _say(f"Passed over {named}{more}: not files that this load takes in.")
    for file in load.files:
        for remark in file.remarks:
            _say(f"{visible(file.path)} as {file.table}: {visible(remark)}.")
        if file.rows_quarantined == file.rows_read:
            _say(f"{visible(file.path)} as {file.table}: not one row fits.")


def _say_totals(load: Load) -> None:
    lines: list[tuple[str, ...]] = [("table", "files", *COUNTS)]
    for table, counts in load.totals.items():
        files = sum(file.table == table for file in load.files)
        lines.append((table, f"{files:,}", *(f"{count:,}" for count in counts.values())))
    for line in _aligned(lines, texts=1):
        _say(line)


def _aligned(lines: list[tuple[str, ...]], texts: int, numbers: int | None = None) -> Iterator[str]:
    """Lines as columns: `texts` to the left, then numbers to the right (all others, or so many)."""
    last_number = len(lines[0]) if numbers is None else texts + numbers
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    for line in lines:
        cells = [
            cell.rjust(width) if texts <= place < last_number else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal; elsewhere a plain line now and then."""
    if not sys.stderr.isatty():
        last = [time.monotonic()]
        pace = Pace()

        def say(step: str, done: int, total: int) -> None:
            is_waiting = step.startswith("waiting")
            left = told(pace.left(done, total))
            if is_waiting or time.monotonic() - last[0] >= SECONDS_BETWEEN_LINES:
                last[0] = time.monotonic()
                _say(f"{step} ({done} of {total}{left and ', '}{left})" if total else step)

        yield say
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("starting", total=None)
        yield lambda step, done, total: bar.update(
            task, description=step, completed=done, total=total or None
        )
