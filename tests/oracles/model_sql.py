"""A model's own SQL over tables that a test made: rendered without dbt, in milliseconds.

dbt's unit tests hold single promises; an oracle wants hundreds of random cases. This renders the
same file with the same macros, and resolves `ref('x')` to the table `x` of the connection.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import jinja2

from scaup.home import find_project


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(find_project()),
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.do"],
    )


class _Adapter:
    """dbt's `adapter` as far as the macros of dialects ask it: DuckDB is spoken by default."""

    def __init__(self, found: dict[str, Any]) -> None:
        self._found = found

    def dispatch(self, name: str, _package: str) -> Any:
        """DuckDB's words for a macro."""
        return self._found[f"default__{name}"]


@cache
def macros() -> dict[str, Any]:
    """Every macro of the project that needs nothing but its arguments, by name."""
    found: dict[str, Any] = {"ref": lambda name: name, "config": lambda **_: "", "return": lambda one: one}
    # A model that can be added to is made of everything here.
    found |= {"target": SimpleNamespace(type="duckdb"), "is_incremental": lambda: False, "execute": True}
    found["adapter"] = _Adapter(found)
    for path in sorted((find_project() / "macros").rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        if "{% macro" in text:
            template = _environment().get_template(path.relative_to(find_project()).as_posix())
            module = vars(template.make_module(found))
            found |= {name: macro for name, macro in module.items() if callable(macro)}
    return found


def model_sql(path: str) -> str:
    """The SQL of `models/<path>.sql`, with each ref as the bare name of its model."""
    return _environment().get_template(f"models/{path}.sql").render(macros())


def question_sql(name: str) -> str:
    """The SQL of `analyses/<name>.sql`, with each ref as the bare name of its model."""
    return _environment().get_template(f"analyses/{name}.sql").render(macros())
