"""`scaup seal`, `scaup verify` and `scaup replay`: a case leaves, is checked, is asked again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaup.answers import visible
from scaup.cli.case import CaseId
from scaup.errors import ScaupError, UsageError
from scaup.home import find_home

if TYPE_CHECKING:
    from scaup.verifier import Verdict

AUDIENCES = ("internal", "legal", "partner")
PACKAGE = click.argument(
    "package", metavar="PACKAGE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


@click.command(params=[CaseId()])
@click.option(
    "--audience", required=True, type=click.Choice(AUDIENCES), help="For whom: internal holds everything."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Folder or file. Default: packages/ in the home.",
)
@click.option(
    "--timestamp-token",
    "token",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="An RFC 3161 reply for this package's tag manifest; it goes into the package.",
)
@click.option("--force", is_flag=True, help="Replace another package of that name.")
@click.option(
    "--key", "key_name", metavar="NAME", help="Sign with this key. Default: SCAUP_KEY, or the only one."
)
def seal(
    case_id: str, audience: str, out: Path | None, token: Path | None, force: bool, key_name: str | None
) -> None:
    """Seal a case into one signed package.

    internal is the case as it is. legal and partner are disclosures: columns that may not leave are left
    out, identifiers become pseudonyms, and each of that is listed; a partner gets no deliberations. The
    package's path goes to stdout, its hash beside it into FILE.sha256.
    """
    from scaup.casework import desk
    from scaup.seal import seal as make

    stamp = token.read_bytes() if token else b""
    sealed = make(desk(find_home(), key_name), case_id, audience, out, stamp, force)
    click.echo(sealed.path)
    click.echo(f"sha256 {sealed.sha256}", err=True)
    click.echo(
        f"{sealed.files} files, {sealed.bytes:,} bytes; {sealed.redacted} kinds of redaction", err=True
    )
    if not token:
        click.echo(
            f"For a time stamp: openssl ts -query -sha256 -digest {sealed.tag_manifest_sha256}", err=True
        )


@click.command()
@PACKAGE
@click.option(
    "--key", "key", required=True, metavar="PUB", help="The sealer's public key: its .pub file, or its line."
)
@click.option(
    "--authority",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PEM",
    help="Certificate of the time-stamping authority, or of who issued it: checks the token's signature.",
)
def verify(package: Path, key: str, authority: Path | None) -> None:
    """Say whether a package is whole, unaltered and signed by the key.

    Needs no project, home, database or network, and never unpacks anything. The first line says VERIFIED
    or NOT VERIFIED and why; the exit code is 0 or 1. The package's own verify.py does the same, except for
    --authority: without it nobody has checked who signed the time stamp in a package.
    """
    from scaup import verifier

    try:
        verdict = verifier.verify(package, verifier.key_of(key))
    except FileNotFoundError as error:
        raise UsageError(f"No public key {visible(key)!r}. `scaup key list` lists those you have.") from error
    except (OSError, ValueError, verifier.Unfit) as error:
        raise UsageError(f"{visible(key)} is no public key: {error}.") from error
    lines = verdict.lines
    if authority and verdict.holds:
        from scaup.timestamps import TokenUnfit

        try:
            lines = [*lines[:-1], _time_stamp(verdict, authority)] if verdict.token else lines
            if not verdict.token:
                raise TokenUnfit("it has no time stamp, and --authority asks for one")
        except TokenUnfit as error:
            verdict = verifier.Verdict(defect=str(error))
            lines = verdict.lines
    for line in lines:
        click.echo(visible(line))
    sys.exit(0 if verdict.holds else 1)


def _time_stamp(verdict: Verdict, authority: Path) -> str:
    """What a package's time stamp says, its signature checked. Raises TokenUnfit."""
    from scaup.timestamps import TokenUnfit, hold_signature, read_certificates, read_token

    token = read_token(verdict.token)
    if token.sha256.hex() != verdict.tag_manifest_sha256:
        raise TokenUnfit("the time stamp is of something else")
    who = hold_signature(token, read_certificates(authority.read_bytes()))
    return f"time stamp:  {token.stamped_at:%Y-%m-%d %H:%M:%S} UTC, signed by {who}"


@click.command()
@PACKAGE
@click.option("--key", "key", metavar="PUB", help="The sealer's public key. Default: those that you know.")
@click.option(
    "--quick", is_flag=True, help="Compare the results only; do not hash the relations that were read."
)
@click.option(
    "--inside",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PACKAGE",
    help="The internal package of the same case, to replay a disclosure where the case is not.",
)
def replay(package: Path, key: str | None, quick: bool, inside: Path | None) -> None:
    """Ask everything again that a package says was asked, and compare all hashes.

    The snapshot that it names has to be in the home. Says REPRODUCED, or which exhibit differs and how;
    the exit code is 0 or 1.

    A disclosure does not say whom it asked about. Anywhere its statements and the tables that they read are
    compared, which says REPRODUCED IN PART; its results only beside its case, or with --inside and the
    case's secret (pseudonyms/ in the key folder of whoever sealed it).
    """
    from scaup import verifier
    from scaup.replay import replay as ask_again

    try:
        public = verifier.key_of(key) if key else None
    except (OSError, ValueError, verifier.Unfit) as error:
        raise UsageError(f"{visible(str(key))} is no public key: {error}.") from error
    done = ask_again(package, find_home(), public, quick=quick, inside=inside)
    for label in done.exhibits:
        click.echo(label, err=True)
    for difference in done.differences:
        click.echo(f"DIFFERS: {visible(difference)}")
    if done.differences:
        raise ScaupError(
            f"Not reproduced: {len(done.differences)} differences in {len(done.exhibits)} exhibits."
        )
    for note in done.notes:
        click.echo(visible(note), err=True)
    if done.notes:
        what = "statements" if quick else "statements and the content of all tables that they read"
        click.echo(f"REPRODUCED IN PART: {len(done.exhibits)} exhibits, {what} as sealed")
        return
    click.echo(f"REPRODUCED: {len(done.exhibits)} exhibits, all hashes equal")
