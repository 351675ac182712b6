"""`scaup new`: begin a file that the project's rules shape."""

from __future__ import annotations

import click

from scaup.home import find_project


def _features(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The features of the checkout that begin so, for the shell's Tab."""
    paths = (find_project() / "models/marts/features").glob("feat_*.sql")
    return sorted(path.stem for path in paths if path.stem.startswith(incomplete))


@click.group()
def new() -> None:
    """Begin something new in the checkout."""


@new.command()
@click.argument("name")
@click.option("--from", "feature", default="feat_account_weeks", show_default=True, metavar="FEATURE",
              shell_complete=_features, help="The feature whose rows it judges.")  # fmt: skip
def signal(name: str, feature: str) -> None:
    """Write a signal's two files and its line, with blanks that say what belongs in them.

    NAME says what was seen, as in sig_linked_to_banned_accounts; `sig_` may be left out. Prints the files.
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
