"""Questions as table macros, so that any DuckDB client can ask them: `from ask.account_activity('A1')`.

Each question becomes two macros. `ask_sql.<name>` holds its SQL, with every `$parameter` turned into
a cast of an argument whose name no column has. `ask.<name>` is the door: it has the parameters'
own names and defaults. Two, because an argument called `account_id` would otherwise take the place of
the column `account_id` all over the question, and `account_id = $account_id` would hold for every row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import duckdb

from scaup.catalogue import QuestionUnfit
from scaup.parameters import value_of
from scaup.project import Parameter, Question
from scaup.warehouse import identifier, quoted

DOORS = "ask"
BODIES = "ask_sql"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
CATALOG = "warehouse"  # a file called warehouse.duckdb is attached under this name


def publish_macros(
    connection: duckdb.DuckDBPyConnection, questions: Iterable[Question], as_of: datetime
) -> None:
    """Create both macros of every question in the database that is open for writing.

    A default that is relative (`-28d`, `now`) is counted from the snapshot's `as_of`, as on the
    command line. Raises QuestionUnfit when a question's SQL cannot be bound.
    """
    connection.execute(f"create schema if not exists {DOORS}")
    connection.execute(f"create schema if not exists {BODIES}")
    for question in questions:
        try:
            _publish(connection, question, as_of)
        except duckdb.Error as error:
            place = f"analyses/{question.name}.sql"
            raise QuestionUnfit(f"{place} cannot become a table macro: {error}") from error


def _publish(connection: duckdb.DuckDBPyConnection, question: Question, as_of: datetime) -> None:
    # Required ones first: an argument with a default cannot stand before one without.
    ordered = sorted(question.parameters, key=lambda parameter: not parameter.required)
    inner = {parameter.name: f"_given_{place}" for place, parameter in enumerate(ordered)}
    body = f"{BODIES}.{identifier(question.name)}"
    takes = ", ".join(inner.values())
    doors = ", ".join(_declared(parameter, as_of) for parameter in ordered)
    passes = ", ".join(_passed(parameter, as_of) for parameter in ordered)
    # DuckDB refuses a door whose arguments are called like columns behind it, but looks only when the
    # door is made: so the door is made before a body of no columns, and the body replaced after.
    connection.execute(f"create or replace macro {body}({takes}) as table select 1 as _nothing")
    connection.execute(
        f"create or replace macro {DOORS}.{identifier(question.name)}({doors}) as table "
        f"from {CATALOG}.{body}({passes})"
    )
    sql = with_arguments(question.sql, {found.name: (inner[found.name], found.type) for found in ordered})
    connection.execute(f"create or replace macro {body}({takes}) as table {sql}")


def _declared(parameter: Parameter, as_of: datetime) -> str:
    name = identifier(parameter.name)
    return name if parameter.required else f"{name} := {_default(parameter, as_of)}"


def _passed(parameter: Parameter, as_of: datetime) -> str:
    """What the door hands on: a null counts as not given, as it does for `scaup.parameters.bind`."""
    name = identifier(parameter.name)
    if parameter.default is None:
        return name
    return f"coalesce(cast({name} as {parameter.type}), {_default(parameter, as_of)})"


def _default(parameter: Parameter, as_of: datetime) -> str:
    value = None if parameter.default is None else value_of(parameter, parameter.default, as_of)
    return literal(value, parameter.type)


def literal(value: object, kind: str) -> str:
    """A value as a typed SQL literal, for a macro's default (DuckDB cannot bind inside a definition).

    >>> literal(["a", "b"], "varchar[]")
    "cast(['a', 'b'] as varchar[])"
    """
    if value is None:
        text = "null"
    elif isinstance(value, list):
        text = "[" + ", ".join(quoted(str(item)) for item in value) + "]"
    elif isinstance(value, datetime):
        text = quoted(value.astimezone(UTC).isoformat(sep=" "))
    else:
        text = quoted(str(value))
    return f"cast({text} as {kind})"


def with_arguments(sql: str, arguments: Mapping[str, tuple[str, str]]) -> str:
    """The SQL with every placeholder `$name` replaced by a cast of its argument.

    `arguments` maps a parameter to (argument, type). DuckDB's own tokenizer finds the placeholders, so
    a `$name` inside a text or a comment stays as it is. The closing semicolon goes.

    >>> with_arguments("select '$a' where x = $a", {"a": ("_given_0", "bigint")})
    "select '$a' where x = cast(_given_0 as bigint)"
    """
    text = sql.encode()
    starts = [start for start, _ in duckdb.tokenize(sql)]  # in bytes
    parts: list[str] = []
    is_name = False
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        token = text[start:end].decode()  # with the space and comments after it
        if is_name:
            name = NAME.match(token)
            if name is None or name.group() not in arguments:
                raise QuestionUnfit(f"The SQL uses ${token.strip()}, which the yml does not declare.")
            argument, kind = arguments[name.group()]
            token = f"cast({argument} as {kind})" + token[name.end() :]
        is_name = token.strip() == "$"
        if not is_name and not token.startswith(";"):
            parts.append(token)
    return "".join(parts).strip()
