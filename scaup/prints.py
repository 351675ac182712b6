"""What the rows of a relation depend on, and what earlier builds said of theirs.

A relation's print is a hash of all that its rows can depend on: its own SQL and settings, the project's
macros, the versions of dbt and DuckDB, the prints of what it reads, and for a raw table the files that
hold it. Equal prints mean equal rows.

    prints.json    in the folder of each build: {"features.feat_x": {"sha256": …, "own": …, "reads": {…}},
                   "loads": {"20260301T…": sha256 of its files}, "added": ["features.feat_x"],
                   "copies": 3, "contents": {"features.feat_x": [rows, sum, sum]},
                   "held": {"features.feat_x": hash of what its rows were held to}}
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scaup.home import Home
from scaup.lake import CONTRACT
from scaup.manifest import Content
from scaup.statements import source
from scaup.warehouse import REFUSED, WAREHOUSE_FILE

PRINTS_FILE = "prints.json"
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
ADDED_BY = {"incremental_strategy": (None, "delete+insert"), "full_refresh": (None, False)}
TOUCHED = "stg_touched_"  # begins the name of what incremental models go by


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
    def contents(self) -> Mapping[str, Content]:
        """The content of the relations of a published build, where its manifest says the same of them."""
        told = {name: Content(*sums) for name, sums in self._found("contents").items()}
        return {name: one for name, one in told.items() if one.hash == self.hashes.get(name)}

    @property
    def held(self) -> Mapping[str, str]:
        """For each relation of a published build that broke nothing, a hash of what its rows were held to."""
        return self._found("held")

    def _found(self, what: str) -> Mapping[str, Any]:
        """What was found with the formulas of today; nothing, if it was with others."""
        return self.prints.get(what, {}) if str(self.prints.get("formulas")) == _formulas() else {}

    @property
    def copies(self) -> int:
        """How many builds in a row, this one included, began with a copy of the file of the one before."""
        told: Any = self.prints.get("copies", 0)
        return int(told)


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
                if any(node["config"].get(one) not in usual for one, usual in ADDED_BY.items()):
                    follows = set()  # what it takes out and puts in is not kept
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


def write_prints(
    prints: Mapping[str, Print],
    folder: Path,
    loads: Mapping[str, str] | None = None,
    added: Iterable[str] = (),
    copies: int = 0,
) -> None:
    """Say beside a build's database what each of its tables depends on, before the first is made; which are
    made by adding to what is there, and how often in a row a build began with a copy."""
    content: dict[str, Any] = {
        relation: {"sha256": one.sha256, "own": one.own, "reads": dict(one.reads)}
        for relation, one in sorted(prints.items())
    }
    content |= {"loads": dict(loads or {}), "added": sorted(added), "copies": copies}
    (folder / PRINTS_FILE).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def add_findings(folder: Path, contents: Mapping[str, Content], held: Mapping[str, str]) -> None:
    """Say in a build's prints what each relation came to, and what it was held to, for the next build that
    adds to it."""
    path = folder / PRINTS_FILE
    told = json.loads(path.read_text(encoding="utf-8"))
    told["contents"] = {name: astuple(one) for name, one in contents.items()}
    told["held"] = dict(held)
    told["formulas"] = _formulas()
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def hand_on(staged: Path, folder: Path) -> bool:
    """Make the prints of a build that came to the same content as the snapshot in `folder` fit that one's
    file, which stays. False when the next build should not take anything over by them: the snapshot says
    nothing of itself, or was built of a load that is no longer in the lake as it was. `staged` is written to.
    """
    try:
        before = json.loads((folder / PRINTS_FILE).read_text(encoding="utf-8"))
        now = json.loads((staged / PRINTS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    loads, stay = now.get("loads", {}), before.get("loads", {})
    now["copies"] = before.get("copies", 0)  # counted of the file, which stays
    if now == before or not stay or any(loads.get(load) != told for load, told in stay.items()):
        return False
    (staged / PRINTS_FILE).write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    return True


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


def _earlier(folder: Path, name: str, is_published: bool = False) -> Iterator[Earlier]:
    try:
        prints = json.loads((folder / PRINTS_FILE).read_text(encoding="utf-8"))
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8")) if is_published else {}
        hashes, file = manifest.get("relations", {}), manifest.get("warehouse_sha256")
    except (OSError, ValueError):
        return  # it died before it said what it makes, or comes from a Scaup that did not say
    if (folder / WAREHOUSE_FILE).is_file():
        yield Earlier(folder, name, prints, hashes, file)


def _formulas() -> str:
    """A hash of the statements that find contents and breaches."""
    return _hash([source(name) for name in ("content_hash", "profile")])


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
