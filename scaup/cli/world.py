"""`scaup world` makes a world."""

from __future__ import annotations

from pathlib import Path

import click

from scaup.contract import read_contract
from scaup.home import find_home
from scaup.world import SIZES, WorldPlan, make_world


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
