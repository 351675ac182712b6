"""A published snapshot with its accounts, requests and all that hangs on them many times over.

    python benchmarks/replicate_snapshot.py --times 10 --out HOME [--home HOME] [--memory 4GiB]

A world of size xl takes hours to make and build; this takes minutes and shows what questions cost at its
number of rows. Copy k of a table has every id of an account, request, cluster, key, upload or case behind
`k~`; the last copy keeps its ids, so that the same questions can be asked of the same subjects. What a
registry, a vendor or a day is, stays single. It is no xl: no link leads from copy to copy, and a total
that a mart holds by day is not multiplied. `bench_questions.py --home HOME` reads it; nothing else should.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import duckdb

from scaup.home import find_home
from scaup.warehouse import connect, identifier, open_snapshot

# Ids that a copy has to have for itself. Those of people, registries and releases are shared.
SHARED = {
    *(
        "reviewer_id",
        "checker_id",
        "actor_id",
        "vendor_id",
        "queue_id",
        "sla_policy_id",
        "calendar_id",
        "cap_id",
    ),
    *("policy_id", "signal_id", "classifier_id", "list_id", "metric_id", "exception_id", "obligation_id"),
    *(
        "suite_id",
        "eval_id",
        "run_id",
        "baseline_run_id",
        "closing_run_id",
        "finding_id",
        "item_id",
        "set_id",
    ),
    *("parent_id", "publisher_id", "server_id", "version_id", "previous_version_id", "mcp_server_version_id"),
    *("system_hash", "header_hash", "top_header_hash"),
}
ENDINGS = ("_id", "_hmac", "_hash", "_value", "sha256")
LISTS = ("accounts", "_accounts", "account_ids")
LEFT_OUT = ("main", "information_schema", "pg_catalog", "seeds", "ask", "ask_sql")


def renamed(columns: list[tuple[str, str]]) -> dict[str, str]:
    """Column → expression with the copy's ids, for the text columns (name, type) that hold such ids."""
    found = {}
    for name, kind in columns:
        quoted = identifier(name)
        if kind == "VARCHAR" and name.endswith(ENDINGS) and name not in SHARED:
            found[name] = f"$copy || {quoted}"
        elif kind == "VARCHAR[]" and name.endswith(LISTS):
            found[name] = f"[$copy || one for one in {quoted}]"
    return found


def replicate(connection: duckdb.DuckDBPyConnection, times: int) -> int:
    """Multiply every table that has such ids, block after block. Returns the rows of all tables then."""
    tables: dict[str, list[tuple[str, str]]] = {}
    found = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "semi join duckdb_tables() using (schema_name, table_name) "
        "where not list_contains($left_out, schema_name) order by all",
        {"left_out": list(LEFT_OUT)},
    ).fetchall()
    for schema, table, name, kind in found:
        tables.setdefault(f"{identifier(schema)}.{identifier(table)}", []).append((name, kind))
    total = 0
    for table, columns in tables.items():
        expressions = renamed(columns)
        if expressions:
            replaced = ", ".join(f"{text} as {identifier(name)}" for name, text in expressions.items())
            place, _, name = table.partition(".")
            connection.execute(f"alter table {table} rename to one_copy")
            connection.execute(f"create table {table} as from {place}.one_copy limit 0")
            copied = f"insert into {table} select * replace ({replaced}) from {place}.one_copy"  # noqa: S608
            for copy in range(1, times):
                connection.execute(copied, {"copy": f"{copy}~"})
            connection.execute(f"insert into {table} from {place}.one_copy")
            connection.execute(f"drop table {place}.one_copy")
            connection.execute("checkpoint")
        rows = connection.execute(f"select count(*) from {table}").fetchall()[0][0]  # noqa: S608
        total += rows
        if rows > 1_000_000:
            print(f"{table}: {rows:,} rows", flush=True)
    return total


def main() -> None:
    """Copy the current snapshot of a home into another home, and multiply it there."""
    options = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    options.add_argument("--home", type=Path)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--times", type=int, default=10)
    options.add_argument("--memory", default="4GiB")
    asked = options.parse_args()
    snapshot = open_snapshot(find_home(asked.home))
    target = asked.out / "snapshots" / snapshot.id
    if target.exists():
        options.error(f"{target} is already there.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(snapshot.folder, target)
    warehouse = target / "warehouse.duckdb"
    warehouse.chmod(0o644)
    with connect(warehouse, memory_limit=asked.memory, threads=2, spill=asked.out / "spill") as connection:
        connection.execute("set preserve_insertion_order = true")
        total = replicate(connection, asked.times)
    (target.parent / "current").write_text(snapshot.id)
    print(f"{target}: {total:,} rows, {warehouse.stat().st_size / 1e9:.1f} GB")


if __name__ == "__main__":
    main()
