"""Rehearsals: a model's dbt unit tests, run in process on a database in memory.

dbt takes a tenth of a second for each; here one takes a few milliseconds, so that a build can see every
signal fire before it publishes, and a test can try thousands of broken variants of a model. What is given
and expected is read from dbt's manifest, the model's SQL as dbt compiled it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from scaup.statements import statement
from scaup.warehouse import connect, identifier, quoted

Types = Mapping[str, Mapping[str, str]]  # schema.table -> column -> type
NAMED = re.compile(r"(ref|source)\(\s*(.*?)\s*\)", re.DOTALL)
# How a compiled model reads the lake.
LAKE_FILES = re.compile(
    r"read_parquet\(\s*'[^']*?(new_)?(?:loads)?/\*/(\w+)/\*\*/\*\.parquet'\s*,[^()]*\)(\s+as\s+\w+)?",
    re.DOTALL,
)


@dataclass(frozen=True)
class Rows:
    """Some rows of a relation: as dictionaries of texts, or as SQL."""

    relation: str
    rows: Sequence[Mapping[str, Any]] | str
    is_csv: bool


@dataclass(frozen=True)
class Rehearsal:
    """One unit test: what is given, and the rows that the model then has to return."""

    name: str
    model: str
    given: tuple[Rows, ...]
    expected: Rows

    @property
    def expects_rows(self) -> bool:
        """True when the model has to return something."""
        return bool(self.expected.rows)


def rehearsals(manifest: Mapping[str, Any]) -> list[Rehearsal]:
    """All unit tests of a project, in the order of their names, but those of what an incremental model adds
    to what it has: what dbt compiles makes all of it."""
    relations = {
        node["name"]: f"{node['schema']}.{node['name']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    found = []
    for test in manifest["unit_tests"].values():
        if ((test.get("overrides") or {}).get("macros") or {}).get("is_incremental"):
            continue
        given = tuple(
            Rows(_relation(one["input"], relations), one["rows"] or [], one["format"] == "csv")
            for one in test["given"]
        )
        expect = test["expect"]
        expected = Rows(relations[test["model"]], expect["rows"] or [], expect["format"] == "csv")
        found.append(Rehearsal(test["name"], relations[test["model"]], given, expected))
    return sorted(found, key=lambda one: (one.model, one.name))


def _relation(written: str, relations: Mapping[str, str]) -> str:
    matched = NAMED.fullmatch(written.strip())
    if not matched:
        raise ValueError(f"{written} is neither a ref nor a source")
    names = [part.strip().strip("'\"") for part in matched[2].split(",")]
    return f"raw.{names[-1]}" if matched[1] == "source" else relations[names[-1]]


def compiled_sql(target: Path, node: Mapping[str, Any]) -> str | None:
    """A model's SQL as dbt last compiled it, the lake's files as tables of a schema `raw`."""
    path = target / "compiled" / node["package_name"] / node["original_file_path"]
    return on_stage(path.read_text(encoding="utf-8")) if path.is_file() else None


def on_stage(sql: str) -> str:
    """A compiled model with the lake's files as tables, those of new loads as tables of their own.

    >>> on_stage("from read_parquet('/lake/*/logins/**/*.parquet', union_by_name = true)")
    'from "warehouse"."raw"."logins"'
    """
    return LAKE_FILES.sub(
        lambda found: f'"warehouse"."raw"."{found[1] or ""}{found[2]}"' + (found[3] or ""), sql
    )


class Stage:
    """A database in memory with what one rehearsal is given, on which any SQL can be tried."""

    def __init__(self, rehearsal: Rehearsal, types: Types) -> None:
        self.rehearsal = rehearsal
        self.connection = connect(threads=1)
        self.connection.execute("attach ':memory:' as warehouse")
        self.connection.execute("use warehouse")
        for given in rehearsal.given:
            self._create(given.relation, given, types[given.relation])
        self._create("expected.rows", rehearsal.expected, types[rehearsal.model])
        self.columns = tuple(_columns(rehearsal.expected, types[rehearsal.model]))
        told = statement("rehearsal/told", answer="from expected.rows", columns=self.columns)
        self.expected = _counted(self.connection.execute(told))

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def returned(self, sql: str) -> int:
        """How many rows a statement returns. Raises duckdb.Error."""
        found = self.connection.execute(statement("rehearsal/returned", answer=sql)).fetchall()
        return int(found[0][0])

    def holds(self, sql: str) -> bool:
        """Whether a statement returns the expected rows and no others, in any order. Raises duckdb.Error."""
        told = statement("rehearsal/told", answer=sql, columns=self.columns)
        return _counted(self.connection.execute(told)) == self.expected

    def _create(self, relation: str, given: Rows, types: Mapping[str, str]) -> None:
        schema, _, table = relation.partition(".")
        name = f"{identifier(schema)}.{identifier(table)}"
        columns = ", ".join(f"{identifier(column)} {kind}" for column, kind in types.items())
        self.connection.execute(f"create schema if not exists {identifier(schema)}")
        self.connection.execute(f"create table {name} ({columns})")
        if isinstance(given.rows, str):
            self.connection.execute(f"insert into {name} by name {given.rows}")
            return
        for row in given.rows:
            told = {
                column: f"{_literal(value)}::{types[column]}"
                for column, value in row.items()
                if not _is_null(value, given.is_csv)
            }
            self.connection.execute(statement("rehearsal/give", table=name, values=told))


def _counted(result: duckdb.DuckDBPyConnection) -> Counter[tuple[str, ...]]:
    """How often each row was returned. A row counts as its values' texts: -0.0 is 0.0, and NaN is NaN."""
    return Counter(
        tuple(repr(value + 0.0 if isinstance(value, float) else value) for value in row)
        for row in result.fetchall()
    )


def _columns(expected: Rows, types: Mapping[str, str]) -> Sequence[str]:
    if isinstance(expected.rows, str):
        with connect() as connection:
            described = connection.execute(f"describe {expected.rows}").fetchall()
            return [column for column, *_ in described]
    named = list(expected.rows[0]) if expected.rows else []
    return named or list(types)


def _is_null(value: Any, is_csv: bool) -> bool:
    return value is None or (is_csv and value == "")


def _literal(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return quoted(str(value))
