"""What of an earlier build still holds, so that it is copied and not computed again.

A relation's print is a hash of all that its rows can depend on: its own SQL and settings, the project's
macros, the versions of dbt and DuckDB, the prints of what it reads, and for a raw table the files that
hold it. Equal prints mean equal rows. What a killed or refused build had finished is taken over just so.

Where the lake has only grown since the current snapshot, incremental models are not made again either: the
build begins with a copy of that snapshot's file, and dbt puts into them what the new loads touch (`Growth`).

    prints.json    in the folder of each build: {"features.feat_x": {"sha256": …, "own": …, "reads": {…}},
                   "loads": {"20260301T…": sha256 of its files}, "added": ["features.feat_x"],
                   "grown": {"features.feat_x": 3}}
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from scaup.errors import Refused
from scaup.home import Home
from scaup.lake import CONTRACT
from scaup.manifest import file_sha256
from scaup.statements import statement
from scaup.warehouse import REFUSED, WAREHOUSE_FILE, connect, identifier, quoted

PRINTS_FILE = "prints.json"
SHOWN = 4  # names in a message
# After so many additions in a row the next build computes all: rows of one account lie together again, and
# what was replaced leaves the file's free blocks.
MOST_GROWN = 30
TOUCHED = "stg_touched_"  # begins the name of what incremental models go by
# A model that reads what the other files say of themselves; not one whose comment has the word.
GRAPH = re.compile(r"\bgraph\s*[.\[]")
SETTING = re.compile(r"""env_var\(\s*["'](\w+)""")
# Where things lie and what a build may use says nothing of its rows.
PLACES = frozenset(
    f"SCAUP_{name}"
    for name in ("LAKE", "NEW_LOADS", "WAREHOUSE", "SPILL", "MEMORY_LIMIT", "THREADS", "SPARK_FOLDER")
)
SETTINGS_OF_ROWS = (
    "materialized", "unique_key", "contract", "enabled", "schema", "alias", "pre-hook", "post-hook",
)  # fmt: skip


@dataclass(frozen=True)
class Print:
    """`own` covers the relation's SQL and settings, `reads` names what it reads, each with its hash; for a
    raw table that is its files. `follows` names those of them whose changes an incremental model takes in."""

    own: str
    reads: Mapping[str, str]
    is_table: bool
    follows: frozenset[str] = frozenset()

    @property
    def sha256(self) -> str:
        return _hash([self.own, dict(self.reads)])


@dataclass(frozen=True)
class Earlier:
    """A build of before: its folder, what to call it, the prints of what it holds, and for a published
    one the content hash of each relation and the SHA-256 of its database file."""

    folder: Path
    name: str
    prints: Mapping[str, Mapping[str, Any]]
    hashes: Mapping[str, Any]
    file: str | None = None

    @property
    def loads(self) -> Mapping[str, str]:
        """The loads that it was built from, each with a hash that tells its files."""
        return self.prints.get("loads", {})

    @property
    def grown(self) -> Mapping[str, int]:
        """How many builds in a row have added to an incremental model, where the last one has."""
        return self.prints.get("grown", {})


@dataclass(frozen=True)
class Growth:
    """What is added to and not made again: incremental models, from the snapshot that has them up to some
    loads, by the loads that came since."""

    base: Earlier
    relations: Sequence[str]
    loads: Sequence[str]

    @property
    def counts(self) -> dict[str, int]:
        """For each relation, how many builds in a row have then added to it."""
        return {relation: self.base.grown.get(relation, 0) + 1 for relation in self.relations}

    @property
    def line(self) -> str:
        """What to tell whoever waits for the build."""
        names = some_of([relation.split(".")[-1] for relation in self.relations])
        tables, loads = (
            f"{count} {what}{'s' if count > 1 else ''}"
            for count, what in ((len(self.relations), "table"), (len(self.loads), "new load"))
        )
        return f"Adding what {loads} touch{'es' if len(self.loads) == 1 else ''} to {tables}: {names}."


@dataclass(frozen=True)
class Kept:
    """What was carried over (relation → the build it came from), what is added to, and what is redone, with
    the reason."""

    carried: Mapping[str, Earlier]
    redone: Mapping[str, str]
    growth: Growth | None = None

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
        if not self.carried and not self.growth:
            return []
        sources: dict[str, int] = {}
        for earlier in self.carried.values():
            sources[earlier.name] = sources.get(earlier.name, 0) + 1
        told = [
            f"Keeping {count} table{'s' if count > 1 else ''} of {source}."
            for source, count in sources.items()
        ]
        if self.growth:
            told.append(self.growth.line)
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
                files = {"files": _hash(list(_files(lake, node["name"])))}
                found[name] = Print(_hash(parts), files, is_table=False)
            else:
                config = {key: node["config"].get(key) for key in SETTINGS_OF_ROWS}
                text = node.get("raw_code") or ""
                parts = [common, text, node["checksum"]["checksum"], config, _columns(node)]
                if GRAPH.search(text):
                    parts.append(described)
                reads = {called(nodes[read]): of(read).sha256 for read in node["depends_on"].get("nodes", [])}
                # A table with constraints or indexes is more than its rows, so it is made anew.
                plain = not (config["contract"] or {}).get("enforced") and not node["config"].get("indexes")
                is_table = config["materialized"] in ("table", "incremental") and plain
                # For another snapshot to add to, it is not the same that is added.
                is_table = is_table and not node["name"].startswith(TOUCHED)
                follows = node["config"].get("meta", {}).get("follows", [])
                named = {called(nodes[read]) for read in node["depends_on"].get("nodes", [])}
                follows = {read for read in named if read.split(".")[-1] in follows}
                found[name] = Print(_hash(parts), reads, is_table, frozenset(follows))
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


def loads_of(lake: Path) -> dict[str, str]:
    """What lies in a folder of links to loads, by id, each with a hash that tells when one of its files is
    written anew."""
    return {
        load.name: _hash([name for path in sorted(load.iterdir()) for name in _files(lake, path.name, load)])
        for load in sorted(lake.iterdir())
        if load.is_dir() and not load.name.startswith(".") and load.name != CONTRACT
    }


def growth_of(
    prints: Mapping[str, Print], builds: Sequence[Earlier], loads: Mapping[str, str]
) -> Growth | None:
    """What of the current snapshot can be added to: None unless its loads are in the lake as they were.

    An incremental model can, when its own SQL is as it was, and whatever else it reads: the same rows, or
    for what it follows the same SQL over more rows.
    """
    base = next((build for build in builds if build.hashes), None)
    if base is None or not base.file or not base.loads:
        return None
    if any(loads.get(load) != told for load, told in base.loads.items()):
        return None
    # A line that somebody took out of a seed would stay in the copy's free blocks.
    seeds = [name for name in prints if name.startswith("seeds.")]
    if any(base.prints.get(name, {}).get("sha256") != prints[name].sha256 for name in seeds):
        return None

    def is_same(relation: str) -> bool:
        return bool(base.prints.get(relation, {}).get("sha256") == prints[relation].sha256)

    def is_own_same(relation: str) -> bool:
        return bool(base.prints.get(relation, {}).get("own") == prints[relation].own)

    def has_more(relation: str) -> bool:
        """The same SQL, all the way down, over rows that may be more."""
        if is_same(relation):
            return True
        one = prints[relation]
        if one.follows:
            return can_grow(relation)
        return is_own_same(relation) and all(read == "files" or has_more(read) for read in one.reads)

    def can_grow(relation: str) -> bool:
        one = prints[relation]
        return (
            is_own_same(relation)
            and relation in base.hashes
            and base.grown.get(relation, 0) < MOST_GROWN
            and all(is_same(read) or (read in one.follows and has_more(read)) for read in one.reads)
        )

    growing = [name for name, one in prints.items() if one.follows and not is_same(name) and can_grow(name)]
    return Growth(base, growing, sorted(set(loads) - set(base.loads))) if growing else None


def grown_before(prints: Mapping[str, Print], builds: Sequence[Earlier]) -> dict[str, int]:
    """How many builds in a row have added to each relation that is the same in the current snapshot."""
    return {
        relation: count
        for build in builds
        if build.hashes
        for relation, count in build.grown.items()
        if relation in prints and build.prints.get(relation, {}).get("sha256") == prints[relation].sha256
    }


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
    prints: Mapping[str, Print],
    builds: Sequence[Earlier],
    warehouse: Path,
    growth: Growth | None = None,
    *,
    spill: Path,
    memory_limit: str,
) -> Kept:
    """Copy every table whose print an earlier build has into the database file `warehouse`, and what is added
    to as it was.

    Without `growth` it is a copy into a new file, not a copy of the file: dropped rows would stay in that
    one's free blocks. With it the file is copied, which costs next to nothing a row. Nobody's erased rows can
    lie in it, since it was built of loads that are all in the lake still, with their files as they were.
    """
    carried: dict[str, Earlier] = {}
    if growth:
        kept = [
            name
            for name, one in prints.items()
            if one.is_table and growth.base.prints.get(name, {}).get("sha256") == one.sha256
        ]
        _begin_with(growth, kept, warehouse, spill=spill, memory_limit=memory_limit)
        carried = dict.fromkeys(kept, growth.base)
    with connect(warehouse, memory_limit=memory_limit, spill=spill) as connection:
        for build in builds:
            wanted = [
                relation
                for relation, one in prints.items()
                if relation not in carried
                and one.is_table
                and relation not in (growth.relations if growth else ())
                and (build.hashes or relation not in build.prints.get("added", ()))  # may lack rows
                and build.prints.get(relation, {}).get("sha256") == one.sha256
            ]
            for relation in _copied(connection, build, wanted):
                carried[relation] = build
        connection.execute("checkpoint")
    before = builds[-1].prints if builds else {}
    redone = {
        relation: _reason(one, before.get(relation))
        for relation, one in prints.items()
        if one.is_table and relation not in carried and relation not in (growth.relations if growth else ())
    }
    return Kept(carried, redone, growth)


def not_as_published(what: Sequence[str]) -> Refused:
    """The error for an earlier build that no longer holds what it published."""
    return Refused(
        f"Not the rows that were published: {', '.join(what)}. Somebody, or the disk, has changed the file "
        "since, so nothing was published. `scaup build --fresh` computes every table again."
    )


def _begin_with(
    growth: Growth, kept: Sequence[str], warehouse: Path, *, spill: Path, memory_limit: str
) -> None:
    """Make `warehouse` a copy of the snapshot's file, with those tables alone that are kept or added to.

    It gets its name when it is so: a file of that name holds finished tables, should this process die. Raises
    Refused when the snapshot's file is not the one that was published: nobody looks at all its rows again.
    """
    draft = warehouse.with_name(f"draft-{warehouse.name}")
    shutil.copyfile(growth.base.folder / WAREHOUSE_FILE, draft)
    if file_sha256(draft) != growth.base.file:
        raise not_as_published([growth.base.name])
    with connect(draft, memory_limit=memory_limit, spill=spill) as connection:
        for (drop,) in connection.execute(
            statement("reuse/leftovers"), {"kept": [*kept, *growth.relations]}
        ).fetchall():
            connection.execute(drop)
        connection.execute("checkpoint")
    draft.rename(warehouse)


def write_prints(
    prints: Mapping[str, Print],
    folder: Path,
    loads: Mapping[str, str] | None = None,
    added: Iterable[str] = (),
    grown: Mapping[str, int] | None = None,
) -> None:
    """Say beside a build's database what each of its tables depends on, before the first is made; which are
    made by adding to what is there, and how often in a row they were."""
    content: dict[str, Any] = {
        relation: {"sha256": one.sha256, "own": one.own, "reads": dict(one.reads)}
        for relation, one in sorted(prints.items())
    }
    content |= {"loads": dict(loads or {}), "added": sorted(added), "grown": dict(grown or {})}
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
        hashes, file = manifest.get("relations", {}), manifest.get("warehouse_sha256")
    except (OSError, ValueError):
        return  # it died before it said what it makes, or comes from a Scaup that did not say
    if (folder / WAREHOUSE_FILE).is_file():
        yield Earlier(folder, name, prints, hashes, file)


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


def _files(lake: Path, table: str, of: Path | None = None) -> Iterator[list[Any]]:
    """Every file of a raw table in every load, or in one, with what tells that it was written anew."""
    for load in [of] if of else sorted(lake.iterdir()):
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
