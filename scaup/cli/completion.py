"""`scaup completion SHELL`: the line that turns on tab completion."""

from __future__ import annotations

import click

LINES = {
    "bash": 'eval "$(_SCAUP_COMPLETE=bash_source scaup)"',
    "zsh": 'eval "$(_SCAUP_COMPLETE=zsh_source scaup)"',
    "fish": "_SCAUP_COMPLETE=fish_source scaup | source",
}
FILES = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/completions/scaup.fish"}


@click.command()
@click.argument("shell", type=click.Choice(list(LINES)))
def completion(shell: str) -> None:
    """Print the line that turns on tab completion.

    Completes commands, the names of questions, their options and the closed lists of values:

        scaup completion bash >> ~/.bashrc
    """
    click.echo(LINES[shell])
    click.echo(f"Put this line into {FILES[shell]}.", err=True)
