"""`scaup score` holds a snapshot against a made world's sealed key, or against what reviews found."""

from __future__ import annotations

import json
import sys
import textwrap
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaup.home import find_home
from scaup.warehouse import open_snapshot

if TYPE_CHECKING:
    from scaup.score import ReviewScore, Score

WIDTH = 80


def _say(line: str) -> None:
    click.echo(line, err=True)


@click.command()
@click.option("--world", "named", type=click.Path(path_type=Path), metavar="DIR",
              help="The world that the snapshot was built from. Default: the only one.")  # fmt: skip
@click.option("--snapshot", "snapshot_id", metavar="ID", help="Default: the current snapshot.")
@click.option("--reviews", is_flag=True,
              help="Against what reviews found instead of a key: for real data.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As one JSON document, for programs.")
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the score as a page, too.")  # fmt: skip
@click.option("--require", is_flag=True,
              help="Exit with 1 when an actor kind is not found or a look-alike is escalated.")  # fmt: skip
def score(
    named: Path | None,
    snapshot_id: str | None,
    reviews: bool,
    as_json: bool,
    page: Path | None,
    require: bool,
) -> None:
    """Score a snapshot against the sealed answer key of the world it was built from.

    Precision and recall of accounts and of clusters, days to detection and tokens taken before it, per
    planted kind, with 95 % intervals. With --reviews: per policy of those whom reviews found violating.
    """
    from scaup.score import find_world, score_reviews
    from scaup.score import score as score_snapshot

    home = find_home()
    snapshot = open_snapshot(home, snapshot_id)
    if reviews:
        if named or require:
            raise click.UsageError("--reviews needs no key; leave --world and --require out.")
        found = score_reviews(snapshot)
        _write(page, found)
        if as_json:
            click.echo(json.dumps(asdict(found), indent=2))
        else:
            click.echo("\n".join(_review_lines(found)))
        return
    result = score_snapshot(snapshot, find_world(home, named))
    _write(page, result)
    if as_json:
        document = {
            "snapshot_id": result.snapshot_id,
            "kinds": result.kinds,
            "clusters": result.clusters,
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


def _write(page: Path | None, result: Score | ReviewScore) -> None:
    if page:
        from scaup.score_page import render

        page.write_text(render(result), encoding="utf-8")
        _say(f"Wrote {page}.")


def _review_lines(result: ReviewScore) -> list[str]:
    """The score for people, 80 columns wide."""
    lines = [
        f"Snapshot {result.snapshot_id} against its reviews",
        "",
        f"{'signals':<36}{'hit':>6}{'settled':>8}{'bits':>6}  precision, 95 %",
    ]
    for row in result.signals:
        interval = _interval(row["precision"], row["precision_lower"], row["precision_upper"])
        lines.append(
            f"{row['signal_id']:<36}{row['hit_count']:>6}{row['settled_count']:>8}{row['bits']:>6.1f}"
            f"  {interval}"
        )
    lines += [
        "",
        f"{'found violating':<18}{'number':>6}  {'hit, 95 %':<17}{'found otherwise':<17}"
        f"{'days':>5}{'tokens':>13}",
    ]
    for row in result.violating:
        hit = _interval(row["share_hit"], row["share_hit_lower"], row["share_hit_upper"])
        otherwise = _interval(
            row["otherwise_share_hit"], row["otherwise_share_hit_lower"], row["otherwise_share_hit_upper"]
        )
        days, tokens = row["median_days_to_detection"], row["tokens_before_detection"]
        lines.append(
            f"{row['kind']:<18}{row['subjects']:>6}  {hit:<17}{otherwise:<17}"
            f"{'–' if days is None else f'{days:.1f}':>5}{'–' if tokens is None else f'{tokens:,}':>13}"
        )
    lines += ["", f"{'found benign, by':<18}{'number':>6}  {'hit, 95 %':<17}escalated, 95 %"]
    for row in result.benign:
        hit = _interval(row["share_hit"], row["share_hit_lower"], row["share_hit_upper"])
        escalated = _interval(
            row["share_escalated"], row["share_escalated_lower"], row["share_escalated_upper"]
        )
        lines.append(f"{row['kind']:<18}{row['subjects']:>6}  {hit:<17}{escalated}")
    return lines


def _lines(result: Score) -> list[str]:
    """The score for people, 80 columns wide."""
    lines = [f"Snapshot {result.snapshot_id} against the key of {result.world.name}", ""]
    lines.append(_header("actors", "found", "recall, 95 %", "days"))
    for row in result.actors:
        lines.append(_kind_line(row))
        lines += _signals_of(row)
    lines += ["", f"{'escalated actors':<25}{'precision, 95 %':<17}{'recall, 95 %':<17}{'tokens before':>20}"]
    for row in result.actors:
        precision = _interval(row["precision"], row["precision_lower"], row["precision_upper"])
        recall = _interval(row["share_escalated"], row["share_escalated_lower"], row["share_escalated_upper"])
        tokens = row["tokens_before_detection"]
        lines.append(
            f"{row['kind']:<25}{precision:<17}{recall:<17}{'–' if tokens is None else f'{tokens:,}':>20}"
        )
    lines += [
        "",
        f"{'clusters':<25}{'found':>9}  {'precision, 95 %':<17}{'members':>8}{'held':>6}{'pure':>6}",
    ]
    for row in result.clusters:
        precision = _interval(
            row["cluster_precision"], row["cluster_precision_lower"], row["cluster_precision_upper"]
        )
        found = f"{row['groups_found']} of {row['groups']}"
        pure = "–" if row["member_precision"] is None else f"{row['member_precision']:.0%}"
        members = f"{row['members']:>8}{row['members_held']:>6}{pure:>6}"
        lines.append(f"{row['kind']:<25}{found:>9}  {precision:<17}{members}")
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
