"""The structural SQL of the building side, kept in `scaup/sql/*.sql` and filled in by one function.

These statements describe tables (a profile, a hash); no metric is in them, and no value that a
user typed ever reaches them. Names go through the filter `identifier`, texts through `quoted`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from scaup.warehouse import identifier, quoted


def statement(name: str, **parts: object) -> str:
    """The statement of `scaup/sql/<name>.sql` with its parts filled in.

    >>> statement("content_hash", relation='"features"."feat_account_days"')
    'select\\n    count(*) as row_count, …'
    """
    return _environment().get_template(f"{name}.sql").render(**parts)


def source(name: str) -> str:
    """The text of `scaup/sql/<name>.sql`, to tell whether a statement has changed."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("scaup", "sql"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # SQL, not HTML
    )
    environment.filters["identifier"] = identifier
    environment.filters["quoted"] = lambda text: quoted(str(text))
    return environment
