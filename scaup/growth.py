"""What stays of the current snapshot and what is added to, where the lake has only grown, or not at all.

The build then begins with a copy of the snapshot's file: tables that are the same are there, and into the
incremental models dbt puts what the new loads touch. The DECISIONS say why that is safe, and when all is
computed all the same.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from scaup.errors import Refused
from scaup.lake import CONTRACT
from scaup.manifest import Content, content, file_sha256
from scaup.prints import Earlier, Print
from scaup.statements import statement
from scaup.warehouse import WAREHOUSE_FILE, connect, identifier

RELEASES = "model_releases"
REMOVED, ADDED = "removed", "added"
SHOWN = 4  # names in a message
# After so many builds in a row that began with a copy, the next makes a new file: what was added to is
# computed, so that rows of one account lie together again, and what was replaced leaves the free blocks.
MOST_COPIES = 30


@dataclass(frozen=True)
class Growth:
    """What is added to and not made again: incremental models, from the snapshot that has them up to some
    loads, by the loads that came since; and the tables of that snapshot that stay as they are."""

    base: Earlier
    relations: Sequence[str]
    loads: Sequence[str]
    kept: Sequence[str] = ()

    def can_break(self, relation: str, asked: str) -> str | None:
        """The table of the only rows that can break what is asked of each row by itself, where the snapshot's
        held to the same (`promises.conditions`): those that were put in, as `kept_changes` has it, and none
        of what is kept."""
        if self.base.held.get(relation) != asked:
            return None
        if relation in self.kept:
            return f"(from {'.'.join(identifier(part) for part in relation.split('.'))} limit 0)"
        return _changes(ADDED, relation) if relation in self.relations else None

    @property
    def copies(self) -> int:
        """How many builds in a row then began with a copy of the file of the one before."""
        return self.base.copies + 1

    @property
    def line(self) -> str:
        """What to tell whoever waits for the build."""
        names = some_of([relation.split(".")[-1] for relation in self.relations])
        tables, loads = (
            f"{count} {what}{'s' if count > 1 else ''}"
            for count, what in ((len(self.relations), "table"), (len(self.loads), "new load"))
        )
        return f"Adding what {loads} touch{'es' if len(self.loads) == 1 else ''} to {tables}: {names}."


def some_of(names: Sequence[str]) -> str:
    """The first names of a list that may be long, for a message.

    >>> some_of(["a", "b", "c", "d", "e"])
    'a, b, c, d and 1 more'
    """
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def growth_of(
    prints: Mapping[str, Print], builds: Sequence[Earlier], loads: Mapping[str, str]
) -> Growth | None:
    """What of the current snapshot stays or can be added to: None unless its loads are in the lake as they
    were, and where nothing is added to, most of its rows stay.

    An incremental model can, when its own SQL is as it was, and whatever else it reads: the same rows, or
    for what it follows the same SQL over more rows.
    """
    base = next((build for build in builds if build.hashes), None)
    if base is None or not base.file or not base.loads or base.copies >= MOST_COPIES:
        return None
    if any(loads.get(load) != told for load, told in base.loads.items()):
        return None

    def is_same(relation: str) -> bool:
        return bool(base.prints.get(relation, {}).get("sha256") == prints[relation].sha256)

    # A line that somebody took out of a seed, or a whole seed, would stay in the copy's free blocks.
    seeds = {name for name in (*prints, *base.prints) if name.startswith("seeds.")}
    if not all(name in prints and is_same(name) for name in seeds):
        return None

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
            and all(is_same(read) or (read in one.follows and has_more(read)) for read in one.reads)
        )

    growing = [name for name, one in prints.items() if one.follows and not is_same(name) and can_grow(name)]
    kept = [name for name, one in prints.items() if one.is_table and name in base.hashes and is_same(name)]
    # To copy a file for little of it would keep its size.
    stay = sum(base.hashes[name]["rows"] for name in kept)
    if not growing and 2 * stay < sum(told["rows"] for told in base.hashes.values()):
        return None
    return Growth(base, growing, sorted(set(loads) - set(base.loads)), kept)


def released_since(lake: Path, growth: Growth) -> str | None:
    """The day since which a model's release in the new loads changes what requests say, as
    `stg_touched_accounts` has it; None if none does."""
    new = [load for load in growth.loads if (lake / load / RELEASES).is_dir()]
    if not new:
        return None
    known = [*growth.base.loads, CONTRACT]
    files = {
        name: [f"{lake}/{load}/{RELEASES}/*.parquet" for load in loads if (lake / load / RELEASES).is_dir()]
        for name, loads in (("new_files", new), ("known_files", known))
    }
    with connect() as connection:
        day: str | None = connection.execute(statement("reuse/released_since"), files).fetchall()[0][0]
    return day


def begin_with(growth: Growth, warehouse: Path, *, spill: Path, memory_limit: str) -> None:
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
            statement("reuse/leftovers"), {"kept": [*growth.kept, *growth.relations]}
        ).fetchall():
            connection.execute(drop)
        connection.execute("create schema if not exists staging")
        for relation in growth.relations:
            for change in (REMOVED, ADDED):
                connection.execute(f"create table {_changes(change, relation)} as from {relation} limit 0")
        connection.execute("checkpoint")
    draft.rename(warehouse)


def contents_after(connection: duckdb.DuckDBPyConnection, growth: Growth | None) -> Mapping[str, Content]:
    """The content of what was kept, which is the snapshot's, for its file is the one that was published; and
    of what was added to: the same less the rows that were taken out, with those that were put in.

    Without a relation of which the snapshot did not say it, or that does not come to so many rows.
    """
    if growth is None:
        return {}
    known = growth.base.contents
    found = {relation: known[relation] for relation in growth.kept if relation in known}
    for relation in growth.relations:
        if before := known.get(relation):
            removed, added = (content(connection, _changes(change, relation)) for change in (REMOVED, ADDED))
            after = before - removed + added
            ((rows,),) = connection.execute("select count(*) from query_table(?)", [relation]).fetchall()
            if after.rows == rows:
                found[relation] = after
    return found


def _changes(change: str, relation: str) -> str:
    """The table, in a schema that is not published, to which `kept_changes` writes what it changes."""
    return f"staging.{change}_{relation.split('.')[-1]}"


def not_as_published(what: Sequence[str]) -> Refused:
    """The error for an earlier build that no longer holds what it published."""
    return Refused(
        f"Not the rows that were published: {', '.join(what)}. Somebody, or the disk, has changed the file "
        "since, so nothing was published. `scaup build --fresh` computes every table again."
    )
