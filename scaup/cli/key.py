"""`scaup key …`: the keys that sign cases and packages."""

from __future__ import annotations

import os

import click

from scaup.cli.case import Steps
from scaup.errors import UsageError, nearest
from scaup.keys import DEFAULT, key_folder, known_keys, new_key, public_text, signing_key


@click.group(cls=Steps)
def key() -> None:
    """Make and list the keys that sign cases and packages.

    They are minisign's files in a folder of your own: SCAUP_KEYS, else ~/.config/scaup/keys. Never in the
    checkout, never in a package. Hand out the .pub; keep the .key.
    """


@key.command("new")
@click.argument("name", default=DEFAULT)
@click.option(
    "--passphrase", is_flag=True, help="Ask for a passphrase that protects it (or SCAUP_KEY_PASSPHRASE)."
)
def new(name: str, passphrase: bool) -> None:
    """Make a key. Its public half goes to stdout: give it to whoever is to verify."""
    secret = os.environ.get("SCAUP_KEY_PASSPHRASE") if passphrase else None
    if passphrase and not secret:
        secret = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True)
    folder = key_folder()
    public = new_key(folder, name, secret)
    click.echo(public_text(public), nl=False)
    click.echo(f"{folder / name}.key stays with you; {folder / name}.pub is for everybody.", err=True)


@key.command("list")
def keys() -> None:
    """List the keys: those that sign here, and those of others that you trust."""
    folder = key_folder()
    for name, public in known_keys(folder).items():
        mine = "signs" if (folder / f"{name}.key").is_file() else "trusted"
        click.echo(f"{name:<24} {public.id}  {mine}")
    click.echo(f"In {folder}. Put the .pub of a colleague there to trust it.", err=True)


@key.command("show")
@click.argument("name", required=False)
def show(name: str | None) -> None:
    """Print a public key, as its file has it."""
    known = known_keys(key_folder())
    chosen = name or signing_key(key_folder()).name
    if chosen not in known:
        raise UsageError(f"No key {chosen!r}.{nearest(chosen, known)} `scaup key list` lists them.")
    click.echo(public_text(known[chosen]), nl=False)
