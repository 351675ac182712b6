"""Taking one subject out of the lake: every row that is theirs, and every mention elsewhere.

What is theirs is read from the raw contract: a row that has an erased key in its own key, in a column of
the same name, or where it may not be empty, goes; where it may be empty, the mention is emptied. The keys
of the rows that go are erased in turn. A personal row that nothing else names any more, such as somebody's
own device, goes too.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from scaup.contract import Column, Contract, Table
from scaup.lake import sync
from scaup.statements import statement
from scaup.warehouse import execute, quoted
from scaup.workbench import read_parquet

PERSONAL = ("P3", "P4")
HOLDS = "legal_holds"  # the raw table of the provider's own holds
WITH_FILENAME = ", filename = true, union_by_name = true"


@dataclass(frozen=True)
class Mention:
    """A column that can hold an erased key, and the kinds of key that it can hold."""

    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What an erased key means for a table: the columns by which a row goes, those that are emptied."""

    table: Table
    deciding: tuple[Mention, ...]
    emptied: tuple[Mention, ...]

    @property
    def kind(self) -> str | None:
        """The kind of key that the table's own key is, where it is one text."""
        return kind_of(self.table)


@dataclass(frozen=True)
class Removed:
    """How many rows went and how many cells were emptied, by (load, table)."""

    rows: Mapping[tuple[str, str], int]
    cells: Mapping[tuple[str, str], int]

    def by_table(self) -> dict[str, int]:
        """Rows that went, per table."""
        totals: Counter[str] = Counter()
        for (_, table), count in self.rows.items():
            totals[table] += count
        return dict(sorted(totals.items()))


def kind_of(table: Table) -> str | None:
    """`accounts.account_id`; None for a table whose key is not a single text."""
    (first, *others) = table.key or ("",)
    return f"{table.name}.{first}" if first and not others and table.column(first).type == "varchar" else None


def plans(contract: Contract) -> list[Plan]:
    """What to do in each table, those that others depend on last: a killed erasure can be run again."""
    kinds = {kind for table in contract.tables if (kind := kind_of(table))}
    by_name: dict[str, list[str]] = {}
    for kind in sorted(kinds):
        by_name.setdefault(kind.partition(".")[2], []).append(kind)
    found = []
    for table in contract.tables:
        deciding: list[Mention] = []
        emptied: list[Mention] = []
        for column in table.columns:
            if named := _kinds(table, column, kinds, by_name):
                is_theirs = column.name in by_name or column.key or not column.nullable
                is_theirs = is_theirs or column.name == "subject_id"
                (deciding if is_theirs else emptied).append(Mention(column.name, named))
        found.append(Plan(table, tuple(deciding), tuple(emptied)))
    depths = _depths(found)
    return sorted(found, key=lambda plan: -depths[plan.table.name])


def _kinds(
    table: Table, column: Column, kinds: set[str], by_name: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    if column.type != "varchar":
        return ()
    if column.references:
        return (".".join(column.references),)
    if column.name in by_name:
        own = kind_of(table)
        return (own,) if own and own.endswith(f".{column.name}") else tuple(by_name[column.name])
    if column.name.endswith(("_id", "_by")):
        return tuple(sorted(kinds))  # such as subject_id, whose kind the row says, and reporter_id
    return ()


def _depths(found: Sequence[Plan]) -> dict[str, int]:
    """How many tables each leads to, one after the other, by columns that hold one kind of key.

    A column that may hold any kind says nothing about the order: by it everything would hang on everything.
    """
    named = {plan.kind: plan.table.name for plan in found if plan.kind}
    parents = {
        plan.table.name: {
            named[kind]
            for mention in plan.deciding
            if mention.name != "subject_id"
            for kind in mention.kinds
            if len(mention.kinds) == 1 and kind != plan.kind and kind in named
        }
        for plan in found
    }
    depths = dict.fromkeys(parents, 0)
    for _ in found:  # as many rounds as the longest way can be, should there be a circle
        depths = {name: max((1 + depths[one] for one in above), default=0) for name, above in parents.items()}
    return depths


def spread(
    connection: duckdb.DuckDBPyConnection, doing: Sequence[Plan], files: Mapping[str, Sequence[Path]]
) -> None:
    """Follow the keys in `erased` through the files until no row more is found that has to go."""
    before = -1
    while before != (now := _count(connection)):
        before = now
        for plan in reversed(doing):
            if plan.kind and plan.deciding and files.get(plan.table.name):
                key = plan.kind.partition(".")[2]
                rows = read_parquet(*files[plan.table.name], options=WITH_FILENAME)
                connection.execute(
                    statement("erasure/spread", kind=plan.kind, key=key, rows=rows, columns=plan.deciding)
                )
    for plan in doing:
        if plan.kind and any(column.privacy in PERSONAL for column in plan.table.columns):
            _spread_to_lonely(connection, plan, doing, files)


def _spread_to_lonely(
    connection: duckdb.DuckDBPyConnection,
    parent: Plan,
    doing: Sequence[Plan],
    files: Mapping[str, Sequence[Path]],
) -> None:
    children = [
        {
            "column": column.name,
            "rows": read_parquet(*files[child.table.name], options=WITH_FILENAME),
            "deciding": [mention for mention in child.deciding if mention.name != column.name],
        }
        for child in doing
        for column in child.table.columns
        if column.references and ".".join(column.references) == parent.kind and files.get(child.table.name)
        if column.nullable and child is not parent
    ]
    others = [mention for mention in parent.deciding if mention.kinds != (parent.kind,)]
    if children and not others:
        connection.execute(statement("erasure/lonely", kind=parent.kind, children=children))


def held(
    connection: duckdb.DuckDBPyConnection,
    doing: Sequence[Plan],
    files: Mapping[str, Sequence[Path]],
    now: datetime,
) -> dict[str, str]:
    """The provider's own holds that the erasure of the keys in `erased` would break: hold → what it is on.

    A row that names what is on hold has to stay as it is, whoever else it is about.
    """
    if not files.get(HOLDS):
        return {}
    kinds = [plan.kind for plan in doing if plan.kind]
    standing = statement("erasure/held", rows=read_parquet(*files[HOLDS], options=WITH_FILENAME))
    execute(connection, standing, {"kinds": kinds, "now": now})
    found: dict[str, set[str]] = {}
    for plan in doing:
        mentions = (*plan.deciding, *plan.emptied)
        if mentions and files.get(plan.table.name):
            rows = read_parquet(*files[plan.table.name], options=WITH_FILENAME)
            named = connection.execute(
                statement("erasure/held_rows", rows=rows, mentions=mentions)
            ).fetchall()
            for hold, kind, value in named:
                found.setdefault(hold, set()).add(f"{kind.partition('.')[0]} {value}")
    return {hold: ", ".join(sorted(what)) for hold, what in sorted(found.items())}


def remove(
    connection: duckdb.DuckDBPyConnection, doing: Sequence[Plan], files: Mapping[str, Sequence[Path]]
) -> Removed:
    """Write every file anew that has something to erase, each replaced by one rename."""
    rows: Counter[tuple[str, str]] = Counter()
    cells: Counter[tuple[str, str]] = Counter()
    for plan in doing:
        if not files.get(plan.table.name) or not (plan.deciding or plan.emptied):
            continue
        source = read_parquet(*files[plan.table.name], options=WITH_FILENAME)
        touched = connection.execute(
            statement("erasure/touched", rows=source, deciding=plan.deciding, emptied=plan.emptied)
        ).fetchall()
        for name, row_count, cell_count in touched:
            path = Path(name)
            load = _load_of(path, plan.table.name)
            rows[load, plan.table.name] += row_count
            cells[load, plan.table.name] += cell_count
            _rewrite(connection, plan, path)
    return Removed({key: count for key, count in rows.items() if count}, +cells)


def _rewrite(connection: duckdb.DuckDBPyConnection, plan: Plan, path: Path) -> None:
    kinds = {mention.name: mention.kinds for mention in plan.emptied}
    columns = [Mention(column.name, kinds.get(column.name, ())) for column in plan.table.columns]
    query = statement("erasure/remaining", columns=columns, rows=read_parquet(path), deciding=plan.deciding)
    replace_parquet(connection, query, path)


def replace_parquet(
    connection: duckdb.DuckDBPyConnection, query: str, path: Path, values: Mapping[str, object] | None = None
) -> None:
    """Write a query's rows into the place of a file; a reader finds the old one or the new one, whole."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        copy = f"copy (\n{query}\n) to {quoted(beside)} (format parquet, compression zstd)"
        execute(connection, copy, values or {}).fetchall()
        sync(beside)
        beside.replace(path)
        sync(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def note_in_manifest(path: Path, tombstone: str, counts: Mapping[str, int]) -> None:
    """Tell in a load's manifest what was erased from it: `read = accepted + quarantined` stays as it was."""
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest.setdefault("erasures", []).append({"tombstone": tombstone, "rows": dict(counts)})
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    beside.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    sync(beside)
    beside.replace(path)


def personal_values(
    connection: duckdb.DuckDBPyConnection,
    doing: Iterable[Plan],
    files: Mapping[str, Sequence[Path]],
    kind: str,
) -> list[str]:
    """The personal texts (keyed HMACs) in the subject's own rows: to be looked for as well."""
    found: list[str] = []
    for plan in doing:
        if plan.kind != kind or not files.get(plan.table.name):
            continue
        for column in plan.table.columns:
            if column.privacy in PERSONAL and column.name.endswith(("_hmac", "_hash", "_hex")):
                mention = (Mention(kind.partition(".")[2], (kind,)),)
                source = read_parquet(*files[plan.table.name], options=WITH_FILENAME)
                rows = statement("erasure/personal", rows=source, column=column.name, columns=mention)
                found += [value for (value,) in connection.execute(rows).fetchall()]
    return found


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute("select count(*) from erased").fetchall()[0][0])


def _load_of(path: Path, table: str) -> str:
    for folder in path.parents:
        if folder.name == table:
            return folder.parent.name
    raise AssertionError(f"{path} is no file of {table}")
