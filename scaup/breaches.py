"""Breaches: what a refused build keeps of the rows that broke its gates, and what it says of them.

A gate is a test of dbt's, a promise that Great Expectations judged, or a signal's canaries. The rows that
broke it go into the refused build's own `operations.rows_in_breach`, where the question of that name shows
them; nothing that is published has any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from scaup.answers import visible
from scaup.audit import Audit, counted
from scaup.contract import read_contract
from scaup.promises import model_promises
from scaup.quality import Check
from scaup.statements import statement
from scaup.transform import Node, Workspace
from scaup.warehouse import identifier

QUESTION = "rows_in_breach"
KEPT_ROWS = 1000
TOLD_ROWS = 3
TOLD_WIDTH = 76  # of a row in a message; the question shows it whole
MANY = 4  # columns of a row without a key; more than these do not tell which it is


@dataclass(frozen=True)
class Breach:
    """A gate that did not hold, by the name that `--gate` takes.

    `rows` selects the rows in breach, of which `shown` names the columns that tell one from another; `words`
    say what is wrong where no row is. `shown_by` is a question that tells more, with its options.
    """

    gate: str
    told: str
    promise: str
    rows: str | None = None
    shown: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    shown_by: str = ""


def breaches(
    found: Audit, manifest: Mapping[str, Any], workspace: Workspace, connection: duckdb.DuckDBPyConnection
) -> list[Breach]:
    """Every gate that an audit found broken. `manifest` is dbt's; `connection` is open on what was judged."""
    keys = {f"raw.{table.name}": table.identity for table in read_contract(workspace.project).tables}
    for relation, promises in model_promises(manifest).items():
        for promise in promises:
            if promise.check == "unique":
                keys[relation] = promise.columns
    of_tests = [_of_test(node, connection) for node in found.failed_tests]
    return [*of_tests, *(_of_check(check, found, keys, workspace.loads) for check in found.broken_promises)]


def keep(connection: duckdb.DuckDBPyConnection, broken: Sequence[Breach]) -> dict[str, list[str]]:
    """Put the rows in breach where the question finds them. Returns the first few of each gate, by key."""
    connection.execute(statement("breach_table"))
    for one in broken:
        try:
            if one.rows or one.words:
                connection.execute(statement("breach", breach=one, most=KEPT_ROWS))
        except duckdb.Error as error:  # no memory, say: which gate it was must be told all the same
            words = (f"its rows could not be put together: {str(error).splitlines()[0]}",)
            connection.execute(statement("breach", breach=replace(one, rows=None, words=words)))
    # A message goes into logs, so it repeats no value that looks like a person's address or number.
    first = statement("breach_first", most=TOLD_ROWS)
    return {
        one.gate: [visible(str(row[0])) for row in connection.execute(first, [one.gate]).fetchall()]
        for one in broken
    }


def told(broken: Sequence[Breach], first: Mapping[str, Sequence[str]], kept: str) -> Iterator[str]:
    """Which gates did not hold, the first rows of each, and the questions that show all in build `kept`."""
    for one in broken:
        yield f"  {one.told}"
        yield from (f"    {_cut(row)}" for row in first[one.gate])
        if one.rows or one.words:
            yield f"    see them: scaup ask --snapshot {kept} {QUESTION} --gate {one.gate}"
        if one.shown_by:
            yield f"    see more: scaup ask --snapshot {kept} {one.shown_by}"


def _of_test(node: Node, connection: duckdb.DuckDBPyConnection) -> Breach:
    failed = node.status == "fail"
    extent = counted(node.failures or 0, "row") if failed else node.message.strip()
    rows, shown = None, ()
    if failed and node.rows_in:
        relation = ".".join(identifier(part.strip('"')) for part in node.rows_in.split(".")[1:])
        rows = f"from {relation}"
        shown = tuple(row[0] for row in connection.execute(f"describe {relation}").fetchall())[:MANY]
    return Breach(
        gate=node.name,
        told=f"{node.path}: {node.name}: {extent}",
        promise=node.name,
        rows=rows,
        shown=shown,
        shown_by=node.shown_by,
    )


def _of_check(check: Check, found: Audit, keys: Mapping[str, Sequence[str]], lake: Path) -> Breach:
    words: tuple[str, ...] = ()
    rows = None
    source, load = _source(check.relation, lake)
    key = tuple(keys.get(check.relation, ()))
    if check.check == "columns":
        words = tuple(off for one in found.profiles if one.relation == check.relation for off in one.off)
    elif check.check == "fires":
        words = tuple(found.quiet.get(check.relation, ()))
    elif check.check == "present":
        words = (f"{check.relation} has no row",)
    elif check.check == "unique":
        columns = ", ".join(identifier(column) for column in check.columns)
        rows = f"from {source} qualify count(*) over (partition by {columns}) > 1"
    elif check.broken_where:
        rows = f"from {source} where {check.broken_where}"
    extent = counted(check.broken, {"fires": "canary", "columns": "column"}.get(check.check, "row"))
    return Breach(
        gate=gate_of(check),
        told=f"Not so: {check.sentence} ({extent})",
        promise=check.sentence,
        rows=rows,
        shown=tuple(dict.fromkeys((*key, *check.columns, *load))),
        words=words,
    )


def gate_of(check: Check) -> str:
    """The name by which a judged promise is asked for, in one word of a shell.

    >>> gate_of(check)
    'features.feat_days.request_count:within'
    """
    columns = "" if check.check == "columns" else "+".join(check.columns)
    return f"{check.relation}{'.' if columns else ''}{columns}:{check.check}"


def _source(relation: str, lake: Path) -> tuple[str, tuple[str, ...]]:
    """What a promise is about, and the columns that tell where its rows came from."""
    schema, _, table = relation.partition(".")
    if schema == "raw":
        files = f"{lake}/*/{table}/**/*.parquet"
        return f"({statement('rows_of_load', table=table, files=files)})", ("load_id",)
    return f"{identifier(schema)}.{identifier(table)}", ()


def _cut(text: str) -> str:
    return text if len(text) <= TOLD_WIDTH else text[: TOLD_WIDTH - 1] + "…"
