"""`scaup world` makes a world; `scaup score` holds a snapshot against its sealed key."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaup.contract import read_contract
from scaup.home import find_home
from scaup.warehouse import open_snapshot
from scaup.world import SIZES, WorldPlan, make_world

if TYPE_CHECKING:
    from scaup.score import Score

WIDTH = 80


def _say(line: str) -> None:
    click.echo(line, err=True)


@click.command()
@click.option("--size", type=click.Choice(SIZES), default="s", show_default=True,
              help="About 80 thousand, 1, 10 or 100 million requests.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=7, show_default=True,
              help="The same seed makes the same world.")  # fmt: skip
@click.option("--attacker-mix", type=click.FloatRange(0, 1), default=0.25, show_default=True,
              help="Share of the extraction cluster's requests that extract.")  # fmt: skip
@click.option("--days", type=click.IntRange(92, 366), default=92, show_default=True,
              help="Length of the world, from 2026-03-01.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Where to write it. Default: worlds/<size>-<seed> in the home.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace what is there.")
@click.option("--memory-limit", default="2GiB", show_default=True, help="More than this spills to disk.")
def world(
    size: str, seed: int, attacker_mix: float, days: int, out: Path | None, force: bool, memory_limit: str
) -> None:
    """Write a made world: raw files like a provider's, with planted actors and look-alikes.

    The answer key goes to a folder of its own, sealed/, which `scaup score` alone reads. Prints the
    folder to ingest.
    """
    folder = out.resolve() if out else find_home().worlds / f"{size}-{seed}"
    plan = WorldPlan(size, seed, attacker_mix, days)
    made = make_world(plan, folder, read_contract(), force=force, memory_limit=memory_limit, say=_say)
    if made.reused:
        _say(f"This world is there already: {folder}")
    else:
        total = sum(made.rows.values())
        _say(f"{made.rows['requests']:,} requests; {total:,} rows in {len(made.rows)} tables.")
    _say(f"Next: scaup ingest {made.raw}")
    click.echo(made.raw)


@click.command()
@click.option("--world", "named", type=click.Path(path_type=Path), metavar="DIR",
              help="The world that the snapshot was built from. Default: the only one.")  # fmt: skip
@click.option("--snapshot", "snapshot_id", metavar="ID", help="Default: the current snapshot.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON document, for programs.")
@click.option("--require", is_flag=True,
              help="Exit with 1 when an actor kind is not found or a look-alike is escalated.")  # fmt: skip
def score(named: Path | None, snapshot_id: str | None, as_json: bool, require: bool) -> None:
    """Score a snapshot against the sealed answer key of the world it was built from."""
    from scaup.score import find_world
    from scaup.score import score as score_snapshot

    home = find_home()
    result = score_snapshot(open_snapshot(home, snapshot_id), find_world(home, named))
    if as_json:
        document = {
            "snapshot_id": result.snapshot_id,
            "kinds": result.kinds,
            "signals": result.signals,
            "others": result.others,
            "failures": result.failures,
        }
        click.echo(json.dumps(document, indent=2))
    else:
        for line in _lines(result):
            click.echo(line)
    if require and result.failures:
        for failure in result.failures:
            _say(f"scaup: {failure}")
        sys.exit(1)


def _lines(result: Score) -> list[str]:
    """The score for people, 80 columns wide."""
    lines = [f"Snapshot {result.snapshot_id} against the key of {result.world.name}", ""]
    lines.append(_header("actors", "found", "recall, 95 %", "days"))
    for row in result.actors:
        lines.append(_kind_line(row))
        lines += _signals_of(row)
    lines += ["", _header("look-alikes", "hit", "share, 95 %", "bits")]
    for row in result.lookalikes:
        lines.append(_kind_line(row))
        lines += _signals_of(row)
    lines += [
        "",
        f"Everybody else: {result.others['hit']} hit, {result.others['above_escalation']} above escalation.",
        "",
        f"{'signals':<33}{'actors':>8}{'look-alikes':>12}{'others':>7}  precision, 95 %",
    ]
    for row in result.signals:
        interval = _interval(row["precision"], row["precision_lower"], row["precision_upper"])
        lines.append(
            f"{row['signal_id']:<33}{row['actors']:>8}{row['lookalikes']:>12}{row['others']:>7}  "
            + ("offers support" if row["route"] == "support" else interval)
        )
    return lines


def _header(role: str, hit: str, share: str, last: str) -> str:
    return f"{role:<25}{'subjects':>8}{hit:>7}  {share:<16}{'escalated':>10}{last:>6}"


def _kind_line(row: dict[str, Any]) -> str:
    interval = _interval(row["share_hit"], row["share_hit_lower"], row["share_hit_upper"])
    if row["role"] == "actor":
        days = row["median_days_to_detection"]
        last = "–" if days is None else f"{days:.1f}"
    else:
        last = f"{row['highest_bits']:.1f}"
    return (
        f"{row['kind']:<25}{row['subjects']:>8}{row['hit']:>7}  {interval:<16}"
        f"{row['above_escalation']:>10}{last:>6}"
    )


def _signals_of(row: dict[str, Any]) -> list[str]:
    if not row["signals"]:
        return []
    text = ", ".join(row["signals"])
    return textwrap.wrap(text, WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)


def _interval(share: float | None, lower: float | None, upper: float | None) -> str:
    if share is None or lower is None or upper is None:
        return "–"
    return f"{share:.0%} ({max(lower, 0):.0%}–{min(upper, 1):.0%})"
