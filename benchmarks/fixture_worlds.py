"""Related rows of a built world, to begin the search for fixtures with."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import sqlglot
from fixture_parameters import KEYS
from mutants import DIALECT
from recorded import AS_OF, Subject, Table, _text, subjects, table_of
from sqlglot import exp

from scaup.home import Home
from scaup.parameters import bind
from scaup.rehearsal import Types, compiled_sql
from scaup.warehouse import connect, execute, identifier, open_snapshot, quoted

SECONDS = 5.0  # a question that takes longer in the world is not asked


@dataclass(frozen=True)
class Build:
    """A build of the checkout: what dbt compiled, and the types and rows of what it made."""

    manifest: Mapping[str, Any]
    target: Path
    warehouse: Path
    lake: Path


def build_of(home: Home) -> Build:
    """The last build in a home, which has to be one of this checkout."""
    (path,) = (home.root / "dbt").glob("*/manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    return Build(manifest, path.parent, open_snapshot(home).warehouse, home.lake)


class World:
    """Every relation of a build, to read: the published ones, the raw tables, the staging views over them."""

    def __init__(self, build: Build, types: Types) -> None:
        self.types = types
        self.connection = connect(threads=1)
        self.connection.execute("attach ':memory:' as warehouse")
        self.connection.execute(f"attach {quoted(build.warehouse)} as published (read_only)")
        self.connection.execute("use warehouse")
        for relation in types:
            schema, _, table = relation.partition(".")
            self.connection.execute(f"create schema if not exists {identifier(schema)}")
            if schema == "raw":
                files = quoted(build.lake / "*" / table / "**" / "*.parquet")
                source = f"read_parquet({files}, union_by_name = true)"
            elif schema == "staging":
                continue
            else:
                source = f"published.{identifier(schema)}.{identifier(table)}"
            try:
                self.connection.execute(f"create view {schema}.{identifier(table)} as select * from {source}")  # noqa: S608
            except duckdb.Error:  # a table of which the lake has no file
                columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in types[relation].items())
                self.connection.execute(f"create table {schema}.{identifier(table)} ({columns})")
        for node in build.manifest["nodes"].values():
            if node["resource_type"] == "model" and node["schema"] == "staging":
                sql = compiled_sql(build.target, node)
                self.connection.execute(f"create view staging.{identifier(node['name'])} as {sql}")

    def close(self) -> None:
        self.connection.close()

    def answer(self, subject: Subject, parameters: Mapping[str, Any]) -> Table | None:
        """What a question returns in the world; None when it takes too long."""
        assert subject.question is not None
        values = bind(subject.question, parameters, AS_OF)
        timer = threading.Timer(SECONDS, self.connection.interrupt)
        timer.start()
        try:
            return table_of(execute(self.connection, subject.sql, values), in_order=True)
        except duckdb.Error:
            return None
        finally:
            timer.cancel()

    def sample(
        self,
        subject: Subject,
        random: Random,
        rows: int,
        seen: Table | None = None,
        about: Iterable[str] = (),
    ) -> dict[str, Table]:
        """So many rows of each relation that a subject reads, chosen by the identifiers that they share, that
        stand in what was `seen`, and that it is asked `about`."""
        columns = columns_read(subject, self.types)
        left = list(subject.reads)
        random.shuffle(left)
        known: dict[str, set[str]] = {}
        if seen:
            self._learn(known, seen)
            for name in {name for one in columns.values() for name in one if KEYS.search(name)}:
                known.setdefault(name, set()).update(about)
        model = subject.name if not subject.name.startswith("ask.") else ""
        if model in self.types and not seen:
            self._learn(known, self._rows(model, {}, list(self.types[model]), random, 3))
        chosen: dict[str, Table] = {}
        while left:
            left.sort(key=lambda relation: -len(known.keys() & columns[relation].keys()))
            relation = left.pop(0)
            if not known:  # a few rows, and then what is about the same
                self._learn(known, self._rows(relation, {}, list(columns[relation]), random, 2))
            chosen[relation] = self._rows(relation, known, list(columns[relation]), random, rows)
            self._learn(known, chosen[relation])
        return dict(sorted(chosen.items()))

    def _rows(
        self, relation: str, known: Mapping[str, set[str]], columns: list[str], random: Random, count: int
    ) -> Table:
        schema, _, table = relation.partition(".")
        shared = [name for name in columns if known.get(name)]
        rest = f"hash({random.randrange(10**6)}, {', '.join(map(identifier, columns))})"
        met = " + ".join(
            f"coalesce({identifier(name)}::varchar in ({_texts(known[name])}), false)::int" for name in shared
        )
        order = f"{met} desc, {rest}" if met else rest
        names = ", ".join(map(identifier, columns))
        result = self.connection.execute(
            f"select {names} from {schema}.{identifier(table)} order by {order} limit {count}"  # noqa: S608
        )
        return Table(tuple(columns), tuple(tuple(map(_text, row)) for row in result.fetchall()))

    def _learn(self, known: dict[str, set[str]], table: Table) -> None:
        for at, name in enumerate(table.columns):
            if (KEYS.search(name) or name.endswith(("_on", "_date", "surface", "harm_type"))) and len(
                known.get(name, ())
            ) < 8:
                known.setdefault(name, set()).update(row[at] for row in table.rows if row[at])


def _texts(values: set[str]) -> str:
    return ", ".join(map(quoted, sorted(values)))


def columns_read(subject: Subject, types: Types) -> dict[str, dict[str, str]]:
    """The columns of each relation that a subject can read: those that it names, all under a star."""
    names, starred = _names_in(subject.sql)
    read = {}
    for relation in subject.reads:
        every = types[relation]
        wanted = {name: kind for name, kind in every.items() if name.lower() in names}
        read[relation] = dict(every) if relation.split(".")[1] in starred or not wanted else wanted
    return read


@lru_cache(maxsize=8)
def _names_in(sql: str) -> tuple[frozenset[str], frozenset[str]]:
    """All names in a statement, and those of the tables that it reads with a star."""
    tree = sqlglot.parse_one(sql, dialect=DIALECT)
    names = frozenset(one.name.lower() for one in tree.find_all(exp.Identifier))
    starred: set[str] = set()
    for select in tree.find_all(exp.Select):
        if any(
            isinstance(one, exp.Star) or (one.find(exp.Star) and not one.find(exp.Count))
            for one in select.expressions
        ):
            starred |= {table.name for table in select.find_all(exp.Table)}
    return names, frozenset(starred)


def world_of(home: Home) -> tuple[Build, dict[str, Subject]]:
    """A home's build and its subjects."""
    build = build_of(home)
    return build, subjects(build.manifest, build.target)
