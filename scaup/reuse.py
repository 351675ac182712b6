"""What of an earlier build still holds, so that it is copied and not computed again.

A relation's print is a hash of all that its rows can depend on: its own SQL and settings, the project's
macros, the versions of dbt and DuckDB, the prints of what it reads, and for a raw table the files that
hold it. Equal prints mean equal rows. What a killed or refused build had finished is taken over just so.

    prints.json    in the folder of each build: {"features.feat_x": {"sha256": …, "own": …, "reads": {…}}}
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from scaup.home import Home
from scaup.warehouse import REFUSED, WAREHOUSE_FILE, connect, identifier, quoted

PRINTS_FILE = "prints.json"
SHOWN = 4  # names in a message
# A model that reads what the other files say of themselves; not one whose comment has the word.
GRAPH = re.compile(r"\bgraph\s*[.\[]")
SETTING = re.compile(r"""env_var\(\s*["'](\w+)""")
# Where things lie and what a build may use says nothing of its rows.
PLACES = frozenset(
    f"SCAUP_{name}" for name in ("LAKE", "WAREHOUSE", "SPILL", "MEMORY_LIMIT", "THREADS", "SPARK_FOLDER")
)
SETTINGS_OF_ROWS = ("materialized", "contract", "enabled", "schema", "alias", "pre-hook", "post-hook")


@dataclass(frozen=True)
class Print:
    """`own` covers the relation's SQL and settings, `reads` names what it reads, each with its hash."""

    own: str
    reads: Mapping[str, str]
    is_table: bool

    @property
    def sha256(self) -> str:
        return _hash([self.own, dict(self.reads)])


@dataclass(frozen=True)
class Earlier:
    """A build of before: its folder, what to call it, the prints of what it holds, and for a published
    one the content hash of each relation."""

    folder: Path
    name: str
    prints: Mapping[str, Mapping[str, Any]]
    hashes: Mapping[str, Any]


@dataclass(frozen=True)
class Kept:
    """What was carried over (relation → the build it came from), and what is redone, with the reason."""

    carried: Mapping[str, Earlier]
    redone: Mapping[str, str]

    def strayed(self, relations: Mapping[str, Any]) -> list[str]:
        """Those carried over whose rows are not the ones that were published: the file was touched since."""
        return [
            f"{relation} of {earlier.name}"
            for relation, earlier in self.carried.items()
            if earlier.hashes and earlier.hashes.get(relation) != relations[relation]
        ]

    @property
    def lines(self) -> list[str]:
        """What to tell whoever waits for the build: a line for what is kept, one for each reason."""
        if not self.carried:
            return []
        sources: dict[str, int] = {}
        for earlier in self.carried.values():
            sources[earlier.name] = sources.get(earlier.name, 0) + 1
        told = [
            f"Keeping {count} table{'s' if count > 1 else ''} of {source}."
            for source, count in sources.items()
        ]
        reasons: dict[str, list[str]] = {}
        for relation, reason in self.redone.items():
            reasons.setdefault(reason, []).append(relation.split(".")[-1])
        for reason, names in sorted(reasons.items(), key=lambda one: -len(one[1])):
            told.append(f"Redoing {len(names)} ({reason}): {some_of(names)}.")
        return told


def some_of(names: Sequence[str]) -> str:
    """The first names of a list that may be long, for a message.

    >>> some_of(["a", "b", "c", "d", "e"])
    'a, b, c, d and 1 more'
    """
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def prints_of(manifest: Mapping[str, Any], project: Path, lake: Path) -> dict[str, Print]:
    """The print of every seed and model, as schema.name, from dbt's manifest and the files of the lake."""
    nodes = {**manifest["nodes"], **manifest["sources"]}
    common = _common(manifest, project)
    # Where the lake lies is in the configuration, and says nothing of the rows.
    place = json.dumps(str(lake))[1:-1]

    def elsewhere(content: Any) -> str:
        return json.dumps(content, sort_keys=True).replace(place, "")

    described = _hash(
        elsewhere([[name, node.get("config", {}).get("meta")] for name, node in sorted(nodes.items())])
    )
    found: dict[str, Print] = {}

    def of(name: str) -> Print:
        if name not in found:
            node = nodes[name]
            if node["resource_type"] == "source":
                parts: list[Any] = [common, _columns(node), elsewhere(node["config"])]
                parts.append(list(_files(lake, node["name"])))
                found[name] = Print(_hash(parts), {}, is_table=False)
            else:
                config = {key: node["config"].get(key) for key in SETTINGS_OF_ROWS}
                text = node.get("raw_code") or ""
                parts = [common, text, node["checksum"]["checksum"], config, _columns(node)]
                if GRAPH.search(text):
                    parts.append(described)
                reads = {called(nodes[read]): of(read).sha256 for read in node["depends_on"].get("nodes", [])}
                # A table with constraints or indexes is more than its rows, so it is made anew.
                plain = not (config["contract"] or {}).get("enforced") and not node["config"].get("indexes")
                is_table = config["materialized"] == "table" and plain
                found[name] = Print(_hash(parts), reads, is_table)
        return found[name]

    for name, node in nodes.items():
        if node["resource_type"] in ("model", "seed"):
            of(name)
    return {called(nodes[name]): one for name, one in found.items()}


def called(node: Mapping[str, Any]) -> str:
    """A node's name in the database, schema.name; a raw table's is raw.name."""
    if node["resource_type"] == "source":
        return f"raw.{node['name']}"
    return f"{node['schema'].removeprefix('main_')}.{node.get('alias') or node['name']}"


def earlier_builds(home: Home, room: Path) -> Iterator[Earlier]:
    """Builds whose tables may be taken over: dead ones and refused ones, the newest first, then the
    snapshot that readers see. `room` is the folder of the build that asks."""
    staged = [path for path in home.staging.iterdir() if path.is_dir() and not path.is_symlink()]
    for folder in sorted(staged, key=lambda path: path.name.removeprefix(REFUSED), reverse=True):
        if folder != room:
            kind = "a refused build" if folder.name.startswith(REFUSED) else "a build that was interrupted"
            yield from _earlier(folder / "snapshot", kind)
    pointer = home.snapshots / "current"
    if pointer.is_file():
        current = home.snapshots / pointer.read_text(encoding="utf-8").strip()
        yield from _earlier(current, f"snapshot {current.name}", is_published=True)


def carry_over(
    prints: Mapping[str, Print], builds: Sequence[Earlier], warehouse: Path, *, spill: Path, memory_limit: str
) -> Kept:
    """Copy every table whose print an earlier build has into the database file `warehouse`.

    A copy into a new file, not a copy of the file: dropped rows would stay in that one's free blocks.
    """
    carried: dict[str, Earlier] = {}
    with connect(warehouse, memory_limit=memory_limit, spill=spill) as connection:
        for build in builds:
            wanted = [
                relation
                for relation, one in prints.items()
                if relation not in carried
                and one.is_table
                and build.prints.get(relation, {}).get("sha256") == one.sha256
            ]
            for relation in _copied(connection, build, wanted):
                carried[relation] = build
        connection.execute("checkpoint")
    before = builds[-1].prints if builds else {}
    redone = {
        relation: _reason(one, before.get(relation))
        for relation, one in prints.items()
        if one.is_table and relation not in carried
    }
    return Kept(carried, redone)


def write_prints(prints: Mapping[str, Print], folder: Path) -> None:
    """Say beside a build's database what each of its tables depends on, before the first is made."""
    content = {
        relation: {"sha256": one.sha256, "own": one.own, "reads": dict(one.reads)}
        for relation, one in sorted(prints.items())
    }
    (folder / PRINTS_FILE).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _copied(connection: duckdb.DuckDBPyConnection, build: Earlier, wanted: Sequence[str]) -> list[str]:
    """Copy those of the wanted tables that the earlier build holds. A file that cannot be read holds none."""
    if not wanted:
        return []
    copied = []
    try:
        path = quoted(str(build.folder / WAREHOUSE_FILE))
        connection.execute(f"attach {path} as earlier (read_only)")
    except duckdb.Error:
        return []
    try:
        rows = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'earlier'"
        ).fetchall()
        held = {row[0] for row in rows}
        for relation in wanted:
            if relation in held:
                schema, name = (identifier(part) for part in relation.split("."))
                connection.execute(f"create schema if not exists {schema}")
                connection.execute(f"create table {schema}.{name} as from earlier.{schema}.{name}")
                copied.append(relation)
    finally:
        connection.execute("detach earlier")
    return copied


def _earlier(folder: Path, name: str, is_published: bool = False) -> Iterator[Earlier]:
    try:
        prints = json.loads((folder / PRINTS_FILE).read_text(encoding="utf-8"))
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8")) if is_published else {}
        hashes = manifest.get("relations", {})
    except (OSError, ValueError):
        return  # it died before it said what it makes, or comes from a Scaup that did not say
    if (folder / WAREHOUSE_FILE).is_file():
        yield Earlier(folder, name, prints, hashes)


def _reason(now: Print, before: Mapping[str, Any] | None) -> str:
    if before is None:
        return "new"
    if now.own != before["own"]:
        return "its SQL, or what all models share, has changed"
    changed = [name for name, sha256 in now.reads.items() if before["reads"].get(name) != sha256]
    raw = [name.removeprefix("raw.") for name in changed if name.startswith("raw.")]
    return f"new rows of {', '.join(raw)}" if raw else "what it reads is redone"


def _columns(node: Mapping[str, Any]) -> list[list[Any]]:
    """What is declared of a node's columns and shapes its rows."""
    return [
        [
            column["name"],
            column.get("data_type"),
            column.get("constraints"),
            node["resource_type"] == "source" and column.get("config"),
        ]
        for column in node["columns"].values()
    ]


def _files(lake: Path, table: str) -> Iterator[list[Any]]:
    """Every file of a raw table in every load, with what tells that it was written anew."""
    for load in sorted(lake.iterdir()):
        for path in sorted((load / table).rglob("*")) if (load / table).is_dir() else []:
            if path.is_file():
                stat = path.stat()
                yield [str(path.relative_to(lake)), stat.st_size, stat.st_mtime_ns]


def _common(manifest: Mapping[str, Any], project: Path) -> str:
    """What every model depends on: the project's macros and settings, and the versions that run them."""
    macros = [
        [name, macro["macro_sql"]]
        for name, macro in sorted(manifest["macros"].items())
        if macro["package_name"] == manifest["metadata"]["project_name"]
    ]
    files = [(project / name).read_text(encoding="utf-8") for name in ("dbt_project.yml", "profiles.yml")]
    contracts = {source["original_file_path"] for source in manifest["sources"].values()}
    texts = [sql for _, sql in macros] + files
    texts += [(project / path).read_text(encoding="utf-8") for path in sorted(contracts)]
    texts += [node.get("raw_code") or "" for node in manifest["nodes"].values()]
    # No other setting can reach a row, and some are secrets.
    named = {name for text in texts for name in SETTING.findall(text)} - PLACES
    settings = [[name, os.environ.get(name)] for name in sorted(named)]
    versions = [version(name) for name in ("dbt-core", "dbt-duckdb", "duckdb")]
    return _hash([macros, files, settings, versions])


def _hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
