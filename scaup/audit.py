"""The audit of a build: dbt's tests and Great Expectations' checks together, and what they say.

A build and `scaup check` hold the same tables to the same promises; only what follows differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from scaup import quality
from scaup.canaries import canaries
from scaup.contract import Contract, read_contract
from scaup.promises import Promise, impersonal, model_promises, raw_promises
from scaup.quality import Check, Profile
from scaup.transform import Node, Workspace
from scaup.warehouse import connect, identifier, quoted

KEPT_IN = "failed_checks"  # the schema of a refused build that keeps the rows in breach
KEPT_ROWS = 1000


@dataclass(frozen=True)
class Audit:
    """What was judged: dbt's nodes, the raw tables, the published tables, the signals' canaries, and the
    tables' profiles."""

    nodes: tuple[Node, ...]
    raw: tuple[Check, ...]
    marts: tuple[Check, ...]
    canaries: tuple[Check, ...]
    profiles: tuple[Profile, ...]

    @property
    def failed_tests(self) -> list[Node]:
        return [node for node in self.nodes if node.failed]

    @property
    def broken_promises(self) -> list[Check]:
        return [check for check in (*self.raw, *self.marts, *self.canaries) if check.stops]

    @property
    def holds(self) -> bool:
        """True when nothing stands against publishing."""
        return not self.failed_tests and not self.broken_promises

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

    def told(self, kept: str | None = None) -> list[str]:
        """One line per failure: which check, how many rows, and how to see them in the build `kept`."""
        lines = []
        for node in self.failed_tests:
            rows = _counted(node.failures or 0, "row") if node.status == "fail" else node.message.strip()
            lines.append(f"  {node.path}: {node.name}: {rows}")
            if kept and node.rows_in and node.status == "fail":
                lines.append(_see(kept, ".".join(node.rows_in.split(".")[1:])))
        for check in self.broken_promises:
            lines.append(f"  Not so: {check.sentence} ({self._extent(check)})")
            if kept and check.broken_where:
                lines.append(_see(kept, f"{KEPT_IN}.{identifier(_table_of(check))}"))
        return lines

    def _extent(self, check: Check) -> str:
        if check.check == "fires":
            return _counted(check.broken, "canary") if check.broken == 1 else f"{check.broken} canaries"
        if check.check != "columns":
            return _counted(check.broken, "row")
        return "; ".join(
            off for found in self.profiles if found.relation == check.relation for off in found.off
        )


def audit(
    nodes: Sequence[Node],
    manifest: Mapping[str, Any],
    workspace: Workspace,
    connection: duckdb.DuckDBPyConnection,
) -> Audit:
    """Judge the raw tables of the workspace's lake and the tables of its warehouse, which is open; join
    dbt's verdicts. `manifest` is dbt's. The counting happens in DuckDB, one pass a table.
    """
    contract = read_contract(workspace.project)
    raw = raw_promises(contract)
    with connect(
        memory_limit=workspace.memory_limit, threads=workspace.threads, spill=workspace.spill
    ) as beside:
        beside.execute("create schema raw")
        for table in contract.tables:
            files = files_of(workspace.lake, table.name)
            beside.execute(f"create view raw.{identifier(table.name)} as from {files}")
        counts = {table.name: quality.count(beside, f"raw.{table.name}") for table in contract.tables}
        raw_profiles = [
            quality.profile(beside, f"raw.{table.name}", raw[table.name], counts) for table in contract.tables
        ]
    types = column_types(connection)
    marts = model_promises(manifest)
    for relation, promises in marts.items():
        promises += impersonal(relation, types.get(relation, {}))
    mart_profiles = [quality.profile(connection, relation, promises) for relation, promises in marts.items()]
    cases, quiet = canaries(manifest, workspace.target, _with_raw(types, contract))
    return Audit(
        nodes=tuple(nodes),
        raw=tuple(_judged("raw tables", raw.values(), raw_profiles)),
        marts=tuple(_judged("published tables", marts.values(), mart_profiles)),
        canaries=tuple(quality.judge("canaries", [one for own in cases.values() for one in own], quiet)),
        profiles=(*raw_profiles, *mart_profiles),
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


def keep_rows(connection: duckdb.DuckDBPyConnection, checks: Sequence[Check], lake: Path) -> None:
    """Copy rows in breach into the refused file, where they can be looked at when the lake has moved on."""
    connection.execute(f"create schema if not exists {KEPT_IN}")
    for check in checks:
        if check.broken_where:
            schema, _, table = check.relation.partition(".")
            source = files_of(lake, table) if schema == "raw" else f"{identifier(schema)}.{identifier(table)}"
            connection.execute(
                f"create or replace table {KEPT_IN}.{identifier(_table_of(check))} as "
                f"from {source} where {check.broken_where} limit {KEPT_ROWS}"
            )


def files_of(lake: Path, table: str) -> str:
    """The relation of a raw table's files, as the models' sources read them."""
    pattern = f"{lake}/*/{table}/**/*.parquet"
    return f"read_parquet({quoted(pattern)}, hive_partitioning = false, union_by_name = true)"


def _table_of(check: Check) -> str:
    return "_".join((*check.relation.split("."), *check.columns, check.check))


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _see(kept: str, table: str) -> str:
    return f"    see them: scaup sql --snapshot {kept} 'from {table}'"
