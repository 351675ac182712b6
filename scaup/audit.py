"""The audit of a build: dbt's tests and Great Expectations' checks together, and what they say.

A build and `scaup check` hold the same tables to the same promises; only what follows differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from scaup import quality
from scaup.canaries import canaries
from scaup.contract import Contract, read_contract
from scaup.growth import Growth
from scaup.promises import Promise, conditions, impersonal, model_promises, raw_promises
from scaup.quality import Check, Profile
from scaup.transform import Node, Progress, Workspace, in_silence
from scaup.warehouse import connect, identifier, quoted


@dataclass(frozen=True)
class Audit:
    """What was judged: dbt's nodes, the raw tables, the published tables, the signals' canaries, and the
    tables' profiles. `quiet` names the canaries of a signal that did not sing; `held` has, for each
    table that breaks nothing, what was asked of its rows (`promises.conditions`)."""

    nodes: tuple[Node, ...]
    raw: tuple[Check, ...]
    marts: tuple[Check, ...]
    canaries: tuple[Check, ...]
    profiles: tuple[Profile, ...]
    quiet: Mapping[str, Sequence[str]]
    held: Mapping[str, str]

    @property
    def failed_tests(self) -> list[Node]:
        return [node for node in self.nodes if node.failed]

    @property
    def broken_promises(self) -> list[Check]:
        return [check for check in (*self.raw, *self.marts, *self.canaries) if check.stops]

    @property
    def unbuilt(self) -> list[str]:
        """The models that dbt did not build, because a test of what they read had failed."""
        return sorted(node.name for node in self.nodes if node.kind == "model" and node.status == "skipped")

    @property
    def broken(self) -> int:
        """How many gates did not hold."""
        return len(self.failed_tests) + len(self.broken_promises)

    @property
    def holds(self) -> bool:
        """True when nothing stands against publishing."""
        return self.broken == 0

    def record(self) -> dict[str, Any]:
        """The content of checks.json, in the order of names."""
        return {
            "raw": [vars(check) for check in self.raw],
            "marts": [vars(check) for check in self.marts],
            "canaries": [vars(check) for check in self.canaries],
            "dbt": [vars(node) for node in sorted(self.nodes, key=lambda node: (node.kind, node.name))],
            "profiles": [vars(profile) for profile in self.profiles],
        }

    def summary(self) -> dict[str, int]:
        """How many were judged, and how many warn."""
        tests = [node for node in self.nodes if node.kind == "test"]
        judged = (*self.raw, *self.marts, *self.canaries)
        return {
            "models": sum(node.kind in ("model", "seed") for node in self.nodes),
            "dbt_tests": len(tests),
            "dbt_warnings": sum(test.status == "warn" for test in tests),
            "expectations": len(judged),
            "expectation_warnings": sum(not check.success for check in judged),
        }

    def warned(self) -> list[str]:
        """One line per warning: what is odd, how many rows, and the question that shows them."""
        tests = [node for node in self.nodes if node.status == "warn"]
        checks = [check for check in (*self.raw, *self.marts) if check.warning and not check.success]
        shown = {node.name: f" scaup ask {node.shown_by}" if node.shown_by else "" for node in tests}
        odd = [(node.name, node.failures or 0, shown[node.name]) for node in tests]
        odd += [(check.sentence, check.broken, "") for check in checks]
        return [f"Warning: not so: {what} ({counted(count, 'row')}).{more}" for what, count, more in odd]


def audit(
    nodes: Sequence[Node],
    manifest: Mapping[str, Any],
    workspace: Workspace,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress = in_silence,
    growth: Growth | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Audit:
    """Judge the raw tables of the workspace's lake and the tables of its warehouse, which is open; join
    dbt's verdicts. `manifest` is dbt's. The counting happens in DuckDB, one pass a table; `progress` is told
    of rows, an empty table being one. Of the lake, and of what was added to by `growth`, no row that was
    held to the same before is read again for what is asked of each row by itself, and of its key.
    `meanwhile`, which may read the tables, is called while they are judged, unless dbt left some unbuilt.
    """
    contract = read_contract(workspace.project)
    held: dict[str, str] = {}
    # Great Expectations is Python, so what it takes to judge one half is not added to counting the other.
    with ThreadPoolExecutor(max_workers=1) as judge:
        raw = raw_promises(contract)
        raw_profiles = _raw_profiles(contract, raw, workspace, progress, growth, held)
        of_raw = judge.submit(_judged, "raw tables", raw.values(), raw_profiles)
        types = column_types(connection)
        marts = model_promises(manifest)
        for relation, promises in marts.items():
            promises += impersonal(relation, types.get(relation, {}))
        is_whole = not any(node.failed for node in nodes)  # dbt builds nothing on what did not hold
        if not is_whole:
            marts = {relation: promises for relation, promises in marts.items() if relation in types}
        mart_profiles = _mart_profiles(connection, marts, progress, growth, held)
        of_marts = judge.submit(_judged, "published tables", marts.values(), mart_profiles)
        if meanwhile and is_whole:
            meanwhile()
        cases, quiet = canaries(manifest, workspace.target, _with_raw(types, contract))
        cases = [case for case in cases if is_whole or case.relation in types]
        silent = {one.label: len(quiet[one.relation]) for one in cases}
        of_canaries = judge.submit(quality.judge, "canaries", cases, silent)
    return Audit(
        nodes=tuple(nodes),
        raw=tuple(of_raw.result()),
        marts=tuple(of_marts.result()),
        canaries=tuple(of_canaries.result()),
        profiles=(*raw_profiles, *mart_profiles),
        quiet=quiet,
        held=held,
    )


def _raw_profiles(
    contract: Contract,
    promises: Mapping[str, Sequence[Promise]],
    workspace: Workspace,
    progress: Progress,
    growth: Growth | None,
    held: dict[str, str],
) -> list[Profile]:
    """Count in the raw tables, in a database of its own; say in `held` what rows broke nothing."""
    profiles = []
    with connect(
        memory_limit=workspace.memory_limit, threads=workspace.threads, spill=workspace.spill
    ) as connection:
        connection.execute("create schema raw")
        for table in contract.tables:
            files = files_of(workspace.lake, table.name)
            connection.execute(f"create view raw.{identifier(table.name)} as from {files}")
        counts = {table.name: quality.count(connection, f"raw.{table.name}") for table in contract.tables}
        told = by_rows(progress, "checked", {f"raw.{name}": count for name, count in counts.items()})
        for table in contract.tables:
            name, asked = f"raw.{table.name}", conditions(promises[table.name])
            is_held = growth and growth.base.held.get(name) == asked
            among = files_of(workspace.new_loads, table.name) if is_held else None
            one = quality.profile(connection, name, promises[table.name], counts, among=among)
            refers = {promise.label for promise in promises[table.name] if promise.refers_to}
            if not any(count for label, count in one.breaches.items() if label not in refers):
                held[name] = asked
            profiles.append(one)
            told(name)
    return profiles


def _mart_profiles(
    connection: duckdb.DuckDBPyConnection,
    marts: Mapping[str, Sequence[Promise]],
    progress: Progress,
    growth: Growth | None,
    held: dict[str, str],
) -> list[Profile]:
    """Count in the published tables; say in `held` what rows broke nothing."""
    profiles = []
    sizes = table_sizes(connection)
    told = by_rows(progress, "checked", {relation: sizes.get(relation, 0) for relation in marts})
    for relation, promises in marts.items():
        asked = conditions(promises)
        among = growth.can_break(relation, asked) if growth else None
        one = quality.profile(connection, relation, promises, among=among)
        if not any(one.breaches.values()):
            held[relation] = asked
        profiles.append(one)
        told(relation)
    return profiles


def by_rows(progress: Progress, status: str, rows: Mapping[str, int]) -> Callable[[str], None]:
    """What tells `progress`, relation by relation, how many of all their rows are done."""
    counts = {name: max(count, 1) for name, count in rows.items()}
    total, done = sum(counts.values()), 0

    def told(name: str) -> None:
        nonlocal done
        done += counts[name]
        progress(done, total, name, status)

    return told


def table_sizes(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """About how many rows each table has, without reading any."""
    return dict(
        connection.execute(
            "select schema_name || '.' || table_name, estimated_size from duckdb_tables() where not internal"
        ).fetchall()
    )


def column_types(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Every relation in the file, as schema.name, with its columns' types in order."""
    rows = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where not internal order by schema_name, table_name, column_index"
    ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in rows:
        found.setdefault(f"{schema}.{table}", {})[column] = kind
    return found


def _with_raw(types: Mapping[str, Mapping[str, str]], contract: Contract) -> dict[str, Mapping[str, str]]:
    raw = {f"raw.{table.name}": {one.name: one.type for one in table.columns} for table in contract.tables}
    return {**types, **raw}


def _judged(name: str, promises: Iterable[list[Promise]], profiles: Sequence[Profile]) -> list[Check]:
    breaches = {label: count for profile in profiles for label, count in profile.breaches.items()}
    return quality.judge(name, [promise for group in promises for promise in group], breaches)


def files_of(lake: Path, table: str) -> str:
    """The relation of a raw table's files, as the models' sources read them."""
    pattern = f"{lake}/*/{table}/**/*.parquet"
    return f"read_parquet({quoted(pattern)}, hive_partitioning = false, union_by_name = true)"


def counted(count: int, what: str) -> str:
    """A count and its noun.

    >>> counted(2, "row")
    '2 rows'
    """
    many = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{count:,} {what if count == 1 else many}"
