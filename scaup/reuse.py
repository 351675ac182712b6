"""What of an earlier build still holds, so that it is copied and not computed again.

A table whose print an earlier build has too has the same rows: it is taken over from the current snapshot,
or from a build that was killed or refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from scaup.growth import Growth, begin_with, some_of
from scaup.prints import Earlier, Print
from scaup.warehouse import WAREHOUSE_FILE, connect, identifier, quoted


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
        if self.growth and self.growth.relations:
            told.append(self.growth.line)
        reasons: dict[str, list[str]] = {}
        for relation, reason in self.redone.items():
            reasons.setdefault(reason, []).append(relation.split(".")[-1])
        for reason, names in sorted(reasons.items(), key=lambda one: -len(one[1])):
            told.append(f"Redoing {len(names)} ({reason}): {some_of(names)}.")
        return told


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
        begin_with(growth, warehouse, spill=spill, memory_limit=memory_limit)
        carried = dict.fromkeys(growth.kept, growth.base)
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


def _reason(now: Print, before: Mapping[str, Any] | None) -> str:
    if before is None:
        return "new"
    if now.own != before["own"]:
        return "its SQL, or what all models share, has changed"
    changed = [name for name, sha256 in now.reads.items() if before["reads"].get(name) != sha256]
    raw = [name.removeprefix("raw.") for name in changed if name.startswith("raw.")]
    return f"new rows of {', '.join(raw)}" if raw else "what it reads is redone"
