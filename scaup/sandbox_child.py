"""The child of `scaup.sandbox`: reads one request, runs one SELECT inside hard limits, replies, ends.

It is started as a file, isolated, with an empty environment. Everything of ours is loaded and the
snapshot opened before the limits close; the statement is looked at only after that.
"""

from __future__ import annotations

import json
import math
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent))

import duckdb

from scaup.answers import json_text, unique
from scaup.warehouse import connect_locked, execute

THREADS = 2
ROOM = 256 * 2**20  # address space that the process itself may need beside the statement
CHUNK = 500  # rows fetched at a time
LONGEST_NAMES = 512 * 2**10  # bytes of names and types of columns

# Table functions that look at nothing but the snapshot and their arguments. None that reads the rows of a
# table named by a text (as `histogram` does): the tree does not show which table that is.
TABLE_FUNCTIONS = frozenset(
    {
        *("range", "generate_series", "unnest", "repeat", "json_each", "json_tree", "summary"),
        *("duckdb_tables", "duckdb_columns", "duckdb_views", "duckdb_schemas"),
        *("duckdb_functions", "duckdb_types", "pragma_table_info"),
    }
)
MACRO_SCHEMAS = frozenset({"ask", "ask_sql"})
CATALOGUE_TABLES = frozenset({"duckdb_tables", "duckdb_columns", "duckdb_views", "duckdb_schemas"})
SYSTEM_PREFIXES = ("duckdb_", "pragma_", "pg_", "sqlite_")
# Functions that read the process or its settings, change state, wait, or run other SQL.
DENIED_FUNCTIONS = frozenset(
    {
        *("getenv", "current_setting", "getvariable", "set_config", "setseed", "which_secret"),
        *("nextval", "currval", "txid_current", "current_transaction_id", "current_connection_id"),
        *("sleep_ms", "pg_sleep", "write_log", "parse_duckdb_log_message", "add_parquet_key"),
        *("json_execute_serialized_sql", "json_deserialize_sql", "json_serialize_sql", "json_serialize_plan"),
        *("query", "query_table", "current_query", "glob", "arrow_scan", "pandas_scan"),
    }
)


class Refused(Exception):
    """The statement may not run; the text says why."""


def main() -> None:
    """One request on stdin, one reply on stdout."""
    request = json.loads(sys.stdin.buffer.read())
    signal.setitimer(signal.ITIMER_REAL, request["seconds"] + 0.5)  # should the parent be gone
    reply = opened(request)
    sys.stdout.write(json_text(reply))
    sys.stdout.flush()


def opened(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to a request, once the snapshot is open and the limits are closed."""
    memory = request["memory"]
    try:
        connection = connect_locked(
            Path(request["path"]), memory_limit=f"{memory * 4 // 5 // 2**20}MiB", threads=THREADS
        )
        execute(connection, "select json_serialize_sql($sql)", {"sql": "select 1"}).fetchall()  # load it all
    except duckdb.OutOfMemoryException:
        return {"error": "out of memory"}
    except (duckdb.Error, OSError) as error:
        return {"unopened": str(error)[:4000]}
    close_limits(memory, request["seconds"])
    try:
        check(connection, request["sql"])
        return answer(connection, request)
    except Refused as refused:
        return {"refused": str(refused)}
    except (MemoryError, duckdb.OutOfMemoryException):
        return {"error": "out of memory"}
    except RecursionError:
        return {"refused": "The statement is nested too deeply."}
    except (duckdb.Error, ValueError, OverflowError, UnicodeError, RuntimeError) as error:
        return {"error": str(error)[:4000]}


def close_limits(memory: int, seconds: float) -> None:
    """Bound this process by the kernel; nothing can lift it again."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    space = pages * resource.getpagesize() + memory + ROOM
    cpu = math.ceil(seconds) * THREADS + 1
    for kind, most in (
        (resource.RLIMIT_AS, space),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(kind, (most, most))


def check(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise Refused unless this is one SELECT that stays inside the snapshot."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(statement.type.name for statement in statements) or "nothing"
        hint = " A PIVOT has to name its values: `on column in ('a', 'b')`." if "pivot" in sql.lower() else ""
        raise Refused(f"Exactly one SELECT is run here; this is: {kinds[:200]}.{hint}")
    if statements[0].named_parameters:
        raise Refused(
            "Placeholders have no values here. Write the value, or make it a question in analyses/."
        )
    [(tree,)] = execute(connection, "select json_serialize_sql($sql)", {"sql": sql}).fetchall()
    parsed = json.loads(tree)
    if parsed.get("error"):
        raise Refused(f"Only a plain SELECT is run here: {parsed.get('error_message', '')[:200]}")
    for node, is_table in nodes(parsed):
        check_node(node, is_table)


def nodes(tree: Any) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every object of the syntax tree, and whether it stands where a table function does."""
    waiting: list[tuple[Any, bool]] = [(tree, False)]
    while waiting:
        node, is_table = waiting.pop()
        if isinstance(node, list):
            waiting.extend((item, False) for item in node)
        elif isinstance(node, dict):
            yield node, is_table
            of_table = node.get("type") == "TABLE_FUNCTION"
            waiting.extend((item, of_table and key == "function") for key, item in node.items())


def check_node(node: dict[str, Any], is_table: bool) -> None:
    """Raise Refused for a function or table that is not the snapshot's."""
    name = str(node.get("function_name") or "").lower()
    schema = str(node.get("schema") or node.get("schema_name") or "").lower()
    catalog = str(node.get("catalog") or node.get("catalog_name") or "").lower()
    if name and is_table:
        is_macro = schema in MACRO_SCHEMAS
        if not is_macro and name not in TABLE_FUNCTIONS:
            raise Refused(
                f"The table function {name}() is not allowed here; tables and ask.<question>() are."
            )
    elif name and (name in DENIED_FUNCTIONS or name.startswith(("read_", "pragma_", "duckdb_"))):
        raise Refused(f"The function {name}() is not allowed here: it reaches outside the snapshot.")
    if node.get("type") == "BASE_TABLE":
        table = str(node.get("table_name") or "").lower()
        is_system = table.startswith(SYSTEM_PREFIXES) and table not in CATALOGUE_TABLES
        if catalog in ("system", "temp") or schema == "pg_catalog" or is_system:
            raise Refused(f"The table {table} is not part of the snapshot.")


def answer(connection: duckdb.DuckDBPyConnection, request: dict[str, Any]) -> dict[str, Any]:
    """Run the statement and take rows until a cap is reached."""
    result = connection.execute(request["sql"])
    names = unique(column[0] for column in result.description)
    types = [str(column[1]) for column in result.description]
    if len(json_text([names, types])) > LONGEST_NAMES:
        raise Refused(f"The names and types of the columns are longer than {LONGEST_NAMES // 2**10} KiB.")
    rows: list[tuple[object, ...]] = []
    size, cut_by = 0, ""
    while not cut_by and (chunk := result.fetchmany(CHUNK)):
        for row in chunk:
            size += len(json_text(row)) + len(", ")
            if len(rows) == request["rows"]:
                cut_by = f"--rows {request['rows']}"
            elif size > request["bytes"]:
                cut_by = f"the cap of {request['bytes'] // 2**20} MiB"
            if cut_by:
                break
            rows.append(row)
    return {"columns": names, "types": types, "rows": rows, "cut_by": cut_by}


if __name__ == "__main__":
    main()
