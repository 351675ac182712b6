"""The made world: raw files that look like a provider's, and apart from them a sealed answer key.

Everything is set-based SQL in `world_sql/`, run in the order of its file names:

    plan/      the accounts, their habits, keys and scripts, and the review side: small tables
    traffic/   requests and what hangs on them, for one block of days at a time
    finish/    what is known only at the end: records, versions, the answer key

A table `out_<table>` or, while streaming, `block_<table>` holds the rows of a raw table; columns,
their order and their types come from the contract. Every choice is drawn from (seed, stage, id).
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from scaup.contract import Contract, Table
from scaup.errors import UsageError
from scaup.warehouse import connect, identifier, quoted

WORLD_VERSION = 1
SIZES = ("s", "m", "l", "xl")
SQL = Path(__file__).parent / "world_sql"
FIRST_DAY = "2026-03-01"

# How the files of a table are written. Tables with lists are never CSV.
STREAMED = ("requests", "conversations", "logins", "content_objects", "hash_matches", "classifier_scores")
CSV = ("organizations", "vendors", "vendor_terms", "classifiers", "model_releases", "api_keys", "mcp_servers")
CSV_GZ = ("accounts", "memberships", "payment_instruments", "devices", "task_events")
JSONL = ("reviewers", "golden_items", "mcp_versions", "mcp_calls_daily", "action_effects", "appeals")

Say = Callable[[str], None]


@dataclass(frozen=True)
class WorldPlan:
    """The parameters of a world: two worlds with equal plans have equal content."""

    size: str
    seed: int
    attacker_mix: float = 0.25
    days: int = 92
    version: int = WORLD_VERSION


@dataclass(frozen=True)
class World:
    """A world on disk: `raw/` to be ingested, `sealed/` for `scaup score` alone."""

    folder: Path
    plan: WorldPlan
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

    An equal world already there is reused. Raises UsageError when something else is in the way.
    """
    if plan.size not in SIZES:
        raise UsageError(f"No world of size {plan.size!r}. Sizes: {', '.join(SIZES)}.")
    existing = read_world(folder)
    if existing and existing.plan == plan and not force:
        return existing
    if folder.exists() and not force:
        raise UsageError(
            f"{folder} is already there and holds "
            + (f"another world ({existing.plan})." if existing else "something else.")
            + " Give --force to replace it, or another --out."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:8]}.part"
    part.mkdir()
    try:
        rows = _write(plan, part, contract, memory_limit, threads, say)
        manifest = {"plan": asdict(plan), "rows": rows}
        (part / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return World(folder, plan, rows, reused=False)


def read_world(folder: Path) -> World | None:
    """The world in that folder, or None when there is none."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return World(folder, WorldPlan(**manifest["plan"]), manifest["rows"], reused=True)
    except (FileNotFoundError, NotADirectoryError, KeyError, TypeError, json.JSONDecodeError):
        return None


def _write(
    plan: WorldPlan, part: Path, contract: Contract, memory_limit: str, threads: int | None, say: Say
) -> dict[str, int]:
    """Write raw/ and sealed/ below `part`. Returns the rows sent per table, repeats included."""
    work = part / "work"
    work.mkdir()
    rows: dict[str, int] = {}
    with closing(
        connect(None, memory_limit=memory_limit, threads=threads, spill=work)
    ) as connection:
        for name in ("size", "seed", "attacker_mix", "days"):
            _set(connection, name, getattr(plan, name))
        say(f"planning world {plan.size} with seed {plan.seed}")
        _run(connection, "plan")
        _set(connection, "first_day", 0)
        _set(connection, "last_day", 0)
        for first, last in _blocks(plan):
            _set(connection, "first_day", first)
            _set(connection, "last_day", last)
            _run(connection, "traffic")
            for name in STREAMED:
                table = contract.table(name)
                step = 1 if name == "requests" else last - first
                for day in range(first, last, step):
                    count = _send_days(connection, table, part / "raw", day, day + step)
                    rows[name] = rows.get(name, 0) + count
                _hold(connection, name, last)
            say(f"days {first + 1}–{last} of {plan.days}: {rows['requests']:,} requests so far")
        _run(connection, "finish")
        for table in contract.tables:
            if table.name not in STREAMED and _exists(connection, f"out_{table.name}"):
                rows[table.name] = _send(connection, table, "out", part / "raw")
            if _exists(connection, f"again_{table.name}"):
                rows[table.name] += _send(connection, table, "again", part / "raw")
        sealed = part / "sealed"
        sealed.mkdir()
        for name in ("answer_key", "reviewer_skills", "true_labels"):
            if _exists(connection, name):
                _copy(
                    connection, f"select * from {identifier(name)} order by all", sealed / f"{name}.parquet"
                )
    shutil.rmtree(work)
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
    """Write what is sent on the days first_day ≤ d < last_day: today's rows and what was held back."""
    source = f"select {_columns(table)} from {identifier('block_' + table.name)} where release_day >= {first_day:d} and release_day < {last_day:d}"
    if _exists(connection, f"held_{table.name}"):
        source += f" union all select {_columns(table)} from {identifier('held_' + table.name)} where release_day >= {first_day:d} and release_day < {last_day:d}"
    label = connection.execute(
        "select strftime($day::date + $offset::integer, '%Y-%m-%d')", {"day": FIRST_DAY, "offset": first_day}
    ).fetchall()[0][0]
    return _copy(
        connection, f"from ({source}) order by {_order(table)}", raw / table.name / f"{label}.parquet"
    )


def _hold(connection: duckdb.DuckDBPyConnection, name: str, last_day: int) -> None:
    """Keep what a later block of days has to send."""
    block, held = identifier("block_" + name), identifier("held_" + name)
    connection.execute(f"create table if not exists {held} as from {block} limit 0")
    connection.execute(f"delete from {held} where release_day < {last_day:d}")
    connection.execute(f"insert into {held} from {block} where release_day >= {last_day:d}")


def _send(connection: duckdb.DuckDBPyConnection, table: Table, which: str, raw: Path) -> int:
    """Write one table that is not streamed, in the format that this table always has.

    `which` is "out" for the rows, "again" for those that are sent a second time, in a second file.
    """
    query = f"select {_columns(table)} from {identifier(f'{which}_{table.name}')} order by {_order(table)}"
    name = table.name if which == "out" else "sent_again"
    ending = (
        "csv"
        if table.name in CSV
        else "csv.gz"
        if table.name in CSV_GZ
        else "jsonl"
        if table.name in JSONL
        else "jsonl.gz"
    )
    return _copy(connection, query, raw / table.name / f"{name}.{ending}")


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
