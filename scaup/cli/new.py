"""`scaup new`: begin a file that the project's rules shape."""

from __future__ import annotations

import click

from scaup.home import find_project


@click.group()
def new() -> None:
    """Begin something new in the checkout."""


@new.command()
@click.argument("name")
@click.option("--from", "feature", required=True, metavar="FEATURE",
              help="The feature whose rows it judges, as in feat_account_weeks.")  # fmt: skip
def signal(name: str, feature: str) -> None:
    """Write a signal's two files and its line, with blanks that say what belongs in them.

    NAME says what was seen, as in sig_linked_to_banned_accounts. Prints the files.
    """
    from scaup.drafts import draft_signal

    project = find_project()
    draft = draft_signal(project, name, feature)
    for path in (draft.sql, draft.yml, draft.union):
        click.echo(path.relative_to(project))
    click.echo(
        f"Next: fill each BLANK, then `dbt seed && dbt build --select @{name}`. "
        "tests/project/test_signals.py names what is left.",
        err=True,
    )
