"""`scaup export`."""

from __future__ import annotations

import click

from scaup.cli.case import CaseId
from scaup.home import find_home


@click.command(params=[CaseId()])
@click.option(
    "--format",
    "export_format",
    required=True,
    type=click.Choice(["stix", "misp", "hash-feedback", "cybertip"]),
    help="The partner's format.",
)
@click.option("--to", "recipient", default="", help="Who gets it. Needed; it is recorded.")
@click.option("--purpose", default="", help="Why. Needed; it is recorded.")
@click.option(
    "--tlp",
    default="amber",
    show_default=True,
    type=click.Choice(["clear", "green", "amber", "red"]),
    help="How far it may go on.",
)
@click.option("--from", "producer", default="AI model provider", show_default=True, help="Who tells it.")
@click.option("--policy", default="", help="For a CyberTipline draft. Default: the case's policy.")
@click.option("--test", "is_test", is_flag=True, help="Mark it as a test.")
@click.option("--key", help="The key that signs the case's log.")
@click.option("--snapshot", "snapshot_id", help="Default: the current one.")
def export(
    case_id: str, export_format: str, recipient: str, purpose: str, tlp: str, producer: str,
    policy: str, is_test: bool, key: str | None, snapshot_id: str | None,
) -> None:  # fmt: skip
    """Write a case for a partner: accounts and infrastructure under the case's pseudonyms, no content.

    stix is a STIX 2.1 bundle, misp a MISP event, hash-feedback what reviews say of list entries that
    matched, cybertip a draft of a CyberTipline report with the list of what it still lacks. Nothing is
    sent. Victims, witnesses, and accounts that a review found benign or in need of help are left out.
    Prints the files.
    """
    from scaup.casework import desk
    from scaup.exports import export as export_case
    from scaup.warehouse import open_snapshot

    home = find_home()
    done = export_case(
        desk(home, key),
        open_snapshot(home, snapshot_id),
        case_id,
        export_format,
        recipient=recipient,
        purpose=purpose,
        tlp=tlp,
        producer=producer,
        policy=policy,
        is_test=is_test,
    )
    told = done.material
    _say(
        f"{len(told.accounts):,} accounts, {len(told.keys):,} shared keys and {len(told.matches):,} matches, "
        f"{told.replaced:,} identifiers under pseudonyms."
    )
    left = {
        **told.spared,
        "of another role than subject": done.spared,
        "unknown to the snapshot": told.unknown,
    }
    for why, count in left.items():
        if count:
            _say(f"Left out: {count:,} {why.replace('_', ' ')}.")
    for path in done.files:
        click.echo(path)


def _say(line: str) -> None:
    click.echo(line, err=True)
