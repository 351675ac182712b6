"""Two tables that should be one: in how many rows each column differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from scaup.warehouse import identifier

TOLERANCE = 1e-9  # of doubles; everything else is equal or differs


def differences(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    other: str,
    types: Mapping[str, str],
    key: list[str],
) -> tuple[int, dict[str, int]]:
    """How many rows DuckDB's own table has, and in how many rows each column differs from the `other`
    relation's: doubles by more than the tolerance, a row that only one has in every column."""
    columns = ", ".join(
        f"cast({identifier(one)} as {kind}) as {identifier(one)}" for one, kind in types.items()
    )
    by = ", ".join(identifier(one) for one in key)
    # Rows of one key, if a table has such, are paired in the order of all their columns.
    place = f"row_number() over (partition by {by} order by all_columns) as place"
    row = "row(" + ", ".join(identifier(one) for one in types) + ")"

    def numbered(relation: str) -> str:
        return (
            f"(select *, {place} from (select *, {row} as all_columns, true as is_there "  # noqa: S608
            f"from (select {columns} from {relation})))"
        )

    def differs(one: str, kind: str) -> str:
        a, b = f"a.{identifier(one)}", f"b.{identifier(one)}"
        if kind != "DOUBLE":
            return f"{a} is distinct from {b}"
        near = f"abs({a} - {b}) <= {TOLERANCE} * greatest(1, abs({a}))"
        return f"not coalesce({near}, {a} is null and {b} is null)"

    counts = ", ".join(
        f"count(*) filter (where a.is_there is null or b.is_there is null or {differs(one, kind)})"
        for one, kind in types.items()
    )
    meets = " and ".join(
        f"a.{identifier(one)} is not distinct from b.{identifier(one)}" for one in [*key, "place"]
    )
    (found,) = connection.execute(
        f"select count(a.is_there), {counts} from {numbered(f'duck.{name}')} as a "  # noqa: S608
        f"full join {numbered(other)} as b on {meets}"
    ).fetchall()
    return found[0], dict(zip(types, found[1:], strict=True))


def key_of(manifest: Mapping[str, Any], name: str) -> list[str]:
    """The columns that identify a row, as the test `one_row_per` of the model says; raises when none does."""
    (model,) = (
        key
        for key, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed") and f"{node['schema']}.{node['name']}" == name
    )
    for node in manifest["nodes"].values():
        told = node.get("test_metadata") or {}
        if node.get("attached_node") == model and told.get("name") == "one_row_per":
            return list(told["kwargs"]["columns"])
    raise AssertionError(f"{name} does not say what identifies its rows: one_row_per")
