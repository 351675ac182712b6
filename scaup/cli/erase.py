"""`scaup erase`."""

from __future__ import annotations

import sys

import click

from scaup.home import find_home, find_project


@click.command()
@click.argument("subject", required=False)
@click.option(
    "--table", default="accounts", show_default=True, help="The raw table whose key the subject is."
)
@click.option("--purpose", default="", help="Who asked for it, and why. Needed; it is recorded.")
@click.option("--scan", is_flag=True, help="Erase nothing; look for the subject in everything that is kept.")
@click.option("--list", "as_list", is_flag=True, help="List what was asked to be erased, and how far it is.")
def erase(subject: str | None, table: str, purpose: str, scan: bool, as_list: bool) -> None:
    """Erase a subject from the lake for good; the next build leaves it out and lets older snapshots go.

    Every row that is the subject's goes, and every mention in other rows; a load that brings it again is
    stored without it. What a legal hold keeps is listed, and then nothing is erased. Afterwards `--scan`
    proves that nothing is left: it exits with 1, and says where, when something is.
    """
    if as_list:
        _list()
        return
    if not subject:
        raise click.UsageError("Which subject? `scaup erase --list` shows what was asked for before.")
    if scan:
        _scan([subject])
        return
    from scaup.answers import visible
    from scaup.tombstones import erase as erase_subject

    done = erase_subject(find_home(), find_project(), subject, table, purpose)
    for name, count in done.rows.items():
        click.echo(f"{count:>10,}  {name}")
    total = sum(done.rows.values())
    _say(f"Erased {total:,} rows and {done.emptied:,} mentions from the lake, {done.quarantined:,} rows from "
         f"the quarantine. Tombstone {done.tombstone}.")  # fmt: skip
    for name in done.places:
        _say(f"Still named in {visible(name)}, which is on no hold: decide about it, then remove it.")
    _say("Next: scaup build, which lets every older snapshot go; then scaup erase --scan for the proof.")


def _scan(texts: list[str]) -> None:
    from scaup.absence import search
    from scaup.answers import visible

    found = search(find_home(), texts)
    for one in found.found:
        click.echo(f"{one.count:>10,}  {visible(one.path)}  {visible(one.where)}")
    for name in found.unread:
        click.echo(f"{'?':>10}  {visible(name)}  could not be read")
    searched = f"{found.files:,} files and {found.columns:,} columns were searched"
    _say(
        f"{'Absent' if found.is_absent else 'Not absent'}: {searched}. Raw files outside the home are yours."
    )
    sys.exit(0 if found.is_absent else 1)


def _list() -> None:
    from scaup.tombstones import list_tombstones

    known = list_tombstones(find_home())
    for one in known:
        rows = sum((one["removed"] or {"rows": {}})["rows"].values())
        kept = ", ".join(one.get("on_hold", ()))
        state = (
            "gone from snapshots"
            if one["rebuilt_at"]
            else f"a legal hold keeps snapshot {kept}"
            if kept
            else "waits for a build"
            if one["removed"]
            else "begun"
        )
        click.echo(f"{one['id']}  {one['requested_at'][:16]}  {one['kind']}  {rows:,} rows  {state}")
    if not known:
        _say("Nothing was asked to be erased.")


def _say(line: str) -> None:
    click.echo(line, err=True)
