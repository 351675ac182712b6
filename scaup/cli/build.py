"""`scaup build`, `check`, `snapshots`, `rollback`."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from scaup.errors import UsageError
from scaup.home import find_home, find_project
from scaup.pace import Pace, told


@click.command()
@click.option("--keep", type=click.IntRange(min=1), default=10, show_default=True, help="Snapshots to keep.")
@click.option("--memory-limit", default="4GiB", show_default=True, help="More than this spills to disk.")
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True)
@click.option(
    "--fresh", is_flag=True, help="Compute every table again, also those of which nothing has changed."
)
@click.option(
    "--as-of",
    metavar="TIME",
    help="Know only what was recorded before this time (ISO, UTC); readers keep the current snapshot.",
)
@click.option(
    "--heavy-end",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="FOLDER",
    help="Read what Spark built of this lake into FOLDER, and compute the rest (python -m scaup.spark).",
)
def build(
    keep: int, memory_limit: str, threads: int, fresh: bool, as_of: str | None, heavy_end: Path | None
) -> None:
    """Build, check and publish a snapshot of the lake.

    dbt builds in a private folder; its tests and the Great Expectations checks judge the result; only
    when all hold does it become the current snapshot, at once and whole. A failing check publishes
    nothing, says which it was, and how to see the rows. Prints the snapshot's id.

    A table is copied from an earlier build, an interrupted one too, when neither its SQL nor anything
    it reads has changed since; all checks run again. What is redone, and why, is said.

    With --heavy-end, tables that Spark built of the very rows and models at hand are read and not
    computed; signals and marts are made of them, and all checks run on them.

    With --as-of the snapshot holds what was known then, late and corrected rows left out, under the
    same questions and models: `scaup ask --snapshot ID` reads it. It does not become the current one.
    """
    from scaup.build import build as build_snapshot
    from scaup.plan import Options

    started = time.monotonic()
    built = build_snapshot(
        find_home(),
        find_project(),
        Options(keep, memory_limit, threads, fresh, _moment(as_of) if as_of else None, heavy_end),
        say=_say,
        progress=_progress(),
    )
    checks = built.manifest["checks"]
    word = "Published" if built.is_new else "Unchanged:"
    rows = sum(relation["rows"] for relation in built.manifest["relations"].values())
    _say(
        f"{word} {built.snapshot_id} in {time.monotonic() - started:.0f} s: "
        f"{checks['models']} models and seeds, {rows:,} rows, "
        f"{checks['dbt_tests']} tests and {checks['expectations']} expectations held"
        + _warned(checks["dbt_warnings"] + checks["expectation_warnings"])
    )
    _say(f"Data health: {built.folder / 'health.html'}")
    if built.let_go:
        _say(f"Let go of {', '.join(built.let_go)} (--keep {keep}).")
    for line in _kept_on_hold():
        _say(line)
    click.echo(built.snapshot_id)


def _kept_on_hold() -> list[str]:
    """What an erasure could not let go of, because a case on legal hold asked it."""
    from scaup.tombstones import list_tombstones

    return [
        f"Kept by a legal hold though tombstone {stone['id']} waits for it: {', '.join(stone['on_hold'])}."
        for stone in list_tombstones(find_home())
        if stone.get("on_hold")
    ]


@click.command()
def check() -> None:
    """Run the checks on the lake and the current snapshot; publish nothing.

    The lake is held to the raw contract, the snapshot's tables to what their yml says, and every
    relation's rows to the hash that the snapshot's manifest recorded for it.
    """
    from scaup.check import check as check_all

    found = check_all(find_home(), find_project(), say=_say, progress=_progress())
    for line in found.lines:
        click.echo(line)
    sys.exit(0 if found.success else 1)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option(
    "--path", "as_path", is_flag=True, help="Only the current one's database file, for other clients."
)
def snapshots(as_json: bool, as_path: bool) -> None:
    """List the published snapshots, the oldest first; * marks the one that readers open.

    A snapshot whose manifest somebody, or the disk, has changed is named beside, and the exit code is 1.
    """
    from scaup.publish import list_snapshots, spoiled_snapshots
    from scaup.warehouse import open_snapshot

    if as_path:
        click.echo(open_snapshot(find_home()).warehouse)
        return
    known, spoiled = list_snapshots(find_home()), spoiled_snapshots(find_home())
    if as_json:
        click.echo(json.dumps([{**vars(one), "checks": dict(one.checks)} for one in known], indent=1))
    elif known:
        width = max(len(one.id) for one in known)
        click.echo(f"  {'snapshot':<{width}}  {'as of':<16}  {'built':<16}  {'rows':>13}  checks")
        for one in known:
            click.echo(
                f"{'*' if one.is_current else ' '} {one.id:<{width}}  {_minute(one.as_of)}  "
                f"{_minute(one.built_at)}  {one.row_count:>13,}  {_held(one.checks)}"
            )
    elif not spoiled:
        _say("No snapshot has been published yet. `scaup build` makes one.")
    for name, reason in spoiled.items():
        _say(
            f"{name} is spoiled: {reason}. Nothing of Scaup changes a snapshot after its build; take "
            f"{find_home().snapshots / name} away, and `scaup build` publishes what the lake holds."
        )
    sys.exit(1 if spoiled else 0)


@click.command()
@click.argument("snapshot_id", required=False)
def rollback(snapshot_id: str | None) -> None:
    """Make an earlier snapshot current: SNAPSHOT_ID, or the one built before the current one."""
    from scaup.publish import roll_back

    chosen = roll_back(find_home(), snapshot_id)
    _say("Readers open it from now on; those that are at work finish on the one they opened.")
    click.echo(chosen)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _warned(count: int) -> str:
    return f", {count} warning{'s' if count > 1 else ''}" if count else ""


def _held(checks: Mapping[str, int]) -> str:
    counts = {name: checks.get(name, 0) for name in ("dbt_tests", "expectations")}
    warned = checks.get("dbt_warnings", 0) + checks.get("expectation_warnings", 0)
    return f"{counts['dbt_tests']} tests, {counts['expectations']} expectations" + _warned(warned)


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _progress() -> Callable[[int, int, str, str], None]:
    """One line that is rewritten on a terminal; elsewhere a line every few seconds."""
    started = time.monotonic()
    last = [-10.0]
    pace = Pace(_usual_seconds())
    width = shutil.get_terminal_size().columns

    def show(number: int, total: int, name: str, status: str) -> None:
        elapsed = time.monotonic() - started
        left = told(pace.left(number, total, name)) or "working"
        line = f"  {number:>4,}/{total:,}  {elapsed:5.0f} s, {left:<11}  {status:<7} {name}"
        if status in ("error", "fail", "runtime error"):
            click.echo(("\r\x1b[2K" if sys.stderr.isatty() else "") + line, err=True)
        elif sys.stderr.isatty():
            click.echo("\r\x1b[2K" + line[: width - 1], nl=number == total, err=True)
        elif elapsed - last[0] >= 5 or number == total:
            last[0] = elapsed
            click.echo(line, err=True)

    return show


def _usual_seconds() -> dict[str, float]:
    """How long each model and test took in the current snapshot's build."""
    from scaup.publish import current_id

    home = find_home()
    try:
        content = json.loads((home.snapshots / str(current_id(home)) / "checks.json").read_text("utf-8"))
        ran = [node for node in content["dbt"] if node["status"] != "kept"]
        return {node["name"]: float(node["seconds"]) for node in ran}
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # there is none yet; one that is spoiled is told of elsewhere


def _moment(text: str) -> datetime:
    """An ISO date or time; UTC where it names no zone. Raises UsageError for anything else."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            f"--as-of {text!r} is no time. Write it as 2026-05-20 or 2026-05-20T12:00:00+00:00."
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
