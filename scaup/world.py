"""The made world: raw files that look like a provider's, and apart from them a sealed answer key.

Everything is set-based SQL in `world_sql/`, run in the order of its file names:

    plan/      the accounts, their habits, keys and scripts, and the review side: small tables
    traffic/   requests and what hangs on them, for one block of days at a time
    finish/    what is known only at the end: records, versions, the answer key

A table `out_<table>` or, while streaming, `block_<table>` holds the rows of a raw table; columns,
their order and their types come from the contract. Every choice is drawn from (seed, stage, id).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from scaup.contract import Contract, Table
from scaup.errors import ScaupError, UsageError
from scaup.pace import Pace, told
from scaup.warehouse import connect, identifier, quoted

SIZES = ("s", "m", "l", "xl")
SQL = Path(__file__).parent / "world_sql"
FIRST_DAY = date(2026, 3, 1)

# The tables that are written while the days go by, as Parquet by day or block of days.
STREAMED = ("requests", "conversations", "logins", "content_objects", "hash_matches", "classifier_scores")
# How the others are written. What is not named here is .jsonl.gz; tables with lists are never CSV.
ENDINGS = {
    "csv": (
        "organizations", "vendors", "vendor_terms", "classifiers", "model_releases", "api_keys", "mcp_servers"
    ),
    "csv.gz": ("accounts", "memberships", "payment_instruments", "devices", "task_events", "shifts"),
    "jsonl": ("reviewers", "golden_items", "mcp_versions", "mcp_calls_daily", "action_effects", "appeals"),
}  # fmt: skip
SEALED = ("answer_key", "reviewer_skills", "true_labels")

Say = Callable[[str], None]


class WorldFailed(ScaupError):
    """The machine did not do what a world takes: memory or disk."""


@dataclass(frozen=True)
class WorldPlan:
    """The parameters of a world: equal plans and an equal recipe make equal content."""

    size: str
    seed: int
    attacker_mix: float = 0.25
    days: int = 92


@dataclass(frozen=True)
class World:
    """A world on disk: `raw/` to be ingested, `sealed/` for `scaup score` alone.

    `rows` counts what was sent per table, repeats included.
    """

    folder: Path
    plan: WorldPlan
    recipe: str
    rows: dict[str, int]
    reused: bool

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def sealed(self) -> Path:
        return self.folder / "sealed"


def make_world(
    plan: WorldPlan,
    folder: Path,
    contract: Contract,
    *,
    force: bool = False,
    memory_limit: str = "2GiB",
    threads: int | None = None,
    say: Say = lambda line: None,
) -> World:
    """Write the world of that plan to `folder`, whole or not at all.

    An equal world already there is reused. Raises UsageError when something else is in the way, and
    WorldFailed when memory or disk do not suffice.
    """
    if plan.size not in SIZES:
        raise UsageError(f"No world of size {plan.size!r}. Sizes: {', '.join(SIZES)}.")
    existing = read_world(folder)
    recipe = _recipe(contract)
    if existing and (existing.plan, existing.recipe) == (plan, recipe) and not force:
        return existing
    if folder.exists() and not (force and existing) and any(folder.iterdir()):
        raise UsageError(
            f"{folder} is already there and holds "
            + (f"another world ({existing.plan}, or an older recipe). Give --force to replace it, or"
               if existing else "something else than a world. Give")
            + " another --out."
        )  # fmt: skip
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:8]}.part"
    part.mkdir()
    try:
        rows = _write(plan, part / "world", contract, memory_limit, threads, say)
        manifest = {"plan": asdict(plan), "recipe": recipe, "rows": rows}
        (part / "world" / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        if folder.exists():
            folder.rename(part / "replaced")
        (part / "world").rename(folder)
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise WorldFailed(
            f"World {plan.size} did not fit, and nothing was written: {error}. Free some room in "
            f"{folder.parent}, give another --memory-limit than {memory_limit}, or make a smaller --size."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return World(folder, plan, recipe, rows, reused=False)


def read_world(folder: Path) -> World | None:
    """The world in that folder, or None when there is none."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return World(folder, WorldPlan(**manifest["plan"]), manifest["recipe"], manifest["rows"], reused=True)
    except (FileNotFoundError, NotADirectoryError, KeyError, TypeError, json.JSONDecodeError):
        return None


def _recipe(contract: Contract) -> str:
    """SHA-256 of all that decides a world's content besides its plan: the SQL, and the contract's columns."""
    digest = hashlib.sha256()
    for path in sorted(SQL.glob("*/*.sql")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for table in contract.tables:
        digest.update(f"{table.name}: {_columns(table)}\n".encode())
    return digest.hexdigest()


def _write(
    plan: WorldPlan, folder: Path, contract: Contract, memory_limit: str, threads: int | None, say: Say
) -> dict[str, int]:
    """Write raw/ and sealed/ into `folder`. Returns the rows sent per table, repeats included."""
    raw, sealed, spill = folder / "raw", folder / "sealed", folder.parent / "spill"
    rows: dict[str, int] = {}
    with closing(connect(memory_limit=memory_limit, threads=threads, spill=spill)) as connection:
        for name, value in asdict(plan).items():
            _set(connection, name, value)
        say(f"planning world {plan.size} with seed {plan.seed}")
        _run(connection, "plan")
        pace = Pace()
        for first, last in _blocks(plan):
            _set(connection, "first_day", first)
            _set(connection, "last_day", last)
            _run(connection, "traffic")
            for name in STREAMED:
                step = 1 if name == "requests" else last - first
                for day in range(first, last, step):
                    rows[name] = rows.get(name, 0) + _send_days(
                        connection, contract.table(name), raw, day, day + step
                    )
                _hold(connection, name)
            left = told(pace.left(last, plan.days))
            more = f"{rows['requests']:,} requests so far" + (f", {left}" if left else "")
            say(f"days {first + 1}–{last} of {plan.days}: {more}")
        _run(connection, "finish")
        for table in contract.tables:
            if table.name not in STREAMED and _exists(connection, f"out_{table.name}"):
                rows[table.name] = _send(connection, table, "out", raw)
            if _exists(connection, f"again_{table.name}"):
                rows[table.name] += _send(connection, table, "again", raw)
        for name in SEALED:
            _copy(connection, f"from {identifier(name)} order by all", sealed / f"{name}.parquet")
    return rows


def _blocks(plan: WorldPlan) -> Iterator[tuple[int, int]]:
    """Half-open ranges of days that are made at once: fewer days the more requests a day has."""
    step = {"s": plan.days, "m": 14, "l": 7, "xl": 1}[plan.size]
    for first in range(0, plan.days, step):
        yield first, min(first + step, plan.days)


def _run(connection: duckdb.DuckDBPyConnection, stage: str) -> None:
    for path in sorted((SQL / stage).glob("*.sql")):
        connection.execute(path.read_text(encoding="utf-8"))


def _set(connection: duckdb.DuckDBPyConnection, name: str, value: object) -> None:
    connection.execute(f"set variable {identifier(name)} = $value", {"value": value})


def _exists(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    found = connection.execute(
        "select count(*) from duckdb_tables() where table_name = $name", {"name": name}
    ).fetchall()
    return bool(found[0][0])


def _columns(table: Table) -> str:
    """The select list that gives exactly the contract's columns, in its order and types."""
    return ", ".join(
        f"{identifier(column.name)}::{column.type} as {identifier(column.name)}" for column in table.columns
    )


def _order(table: Table) -> str:
    return ", ".join(identifier(name) for name in ("recorded_at", *table.key))


def _send_days(
    connection: duckdb.DuckDBPyConnection, table: Table, raw: Path, first_day: int, last_day: int
) -> int:
    """Write what is sent on the days first_day ≤ d < last_day: these days' rows and what was held back."""
    _set(connection, "send_from", first_day)
    _set(connection, "send_until", last_day)
    sources = [identifier(f"{kind}_{table.name}") for kind in ("block", "held")]
    if not _exists(connection, f"held_{table.name}"):
        sources.pop()
    rows = " union all ".join(
        f"(from {source} select {_columns(table)} "
        "where release_day >= getvariable('send_from') and release_day < getvariable('send_until'))"
        for source in sources
    )
    name = f"{FIRST_DAY + timedelta(days=first_day)}.parquet"
    return _copy(connection, f"from ({rows}) order by {_order(table)}", raw / table.name / name)


def _hold(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Keep what a later block of days has to send."""
    block, held = identifier(f"block_{name}"), identifier(f"held_{name}")
    connection.execute(f"create table if not exists {held} as from {block} limit 0")
    connection.execute(
        f"create or replace table {held} as from (from {block} union all from {held}) "
        "where release_day >= getvariable('last_day')"
    )


def _send(connection: duckdb.DuckDBPyConnection, table: Table, kind: str, raw: Path) -> int:
    """Write one table that is not streamed, in the format that this table always has.

    `kind` is "out" for the rows, "again" for those that are sent a second time, in a file of their own.
    """
    ending = next((ending for ending, names in ENDINGS.items() if table.name in names), "jsonl.gz")
    name = table.name if kind == "out" else "sent_again"
    rows = f"from {identifier(f'{kind}_{table.name}')} select {_columns(table)} order by {_order(table)}"
    path = raw / table.name / f"{name}.{ending}"
    if sent := _copy(connection, rows, path):
        return sent
    path.unlink()  # ingest rightly refuses a file without rows
    return 0


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Copy a query's rows to a file whose name says its format. Returns the rows written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = "format parquet, compression zstd, row_group_size 122880"
    if ".csv" in path.name:
        options = "format csv, header true"
    elif ".jsonl" in path.name:
        options = "format json"
    if path.name.endswith(".gz"):
        options += ", compression gzip"
    written = connection.execute(f"copy ({query}) to {quoted(path)} ({options})").fetchall()
    return int(written[0][0])
