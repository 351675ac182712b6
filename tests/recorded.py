"""Recorded fixtures: what a model or a question returned for a few rows when somebody last looked.

They are no oracle. A recorded answer says what the SQL did, not what it should do: that is said by the unit
tests beside the models and by tests/oracles. A recording makes a change of behaviour visible where no unit
test looks, each row of it kept because it tells the SQL from one with a small defect (tests/mutants.py).
`python benchmarks/record_fixtures.py NAME` makes one, or renews it after a change that was meant; what it
then writes is read like any other change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from expansions import FORMULAS, SCHEMA, columns_of, statement_of

from scaup.catalogue import catalogue_of
from scaup.classification import read_classification
from scaup.contract import read_contract
from scaup.parameters import bind
from scaup.project import Question, question_of
from scaup.questions import typed
from scaup.rehearsal import Types, compiled_sql
from scaup.warehouse import connect, execute, identifier, quoted

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "tests" / "mutation" / "recorded"
RENEW = "python benchmarks/record_fixtures.py"
AS_OF = datetime(2026, 6, 1, tzinfo=UTC)  # recorded times are absolute; bind() asks for one all the same
READ = re.compile(r'"warehouse"\."(\w+)"\."(\w+)"')
DIGITS = ".12g"  # of a floating number: what another processor's logarithm agrees on


@dataclass(frozen=True)
class Table:
    """Some rows as texts; None is a null."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True)
class Case:
    """What is given, and what the subject returned for it. `parameters` only of questions."""

    given: Mapping[str, Table]
    returns: Table
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """A model or a question: its SQL as it runs on a floor, and the question with its parameters."""

    name: str
    sql: str
    question: Question | None = None

    @property
    def stem(self) -> str:
        """Its name in recordings and lists: a model's own, a question's behind `ask.`, since a model and a
        question may share one."""
        return self.name if self.question else self.name.split(".")[1]

    @property
    def path(self) -> Path:
        """Where its recording is kept."""
        return FOLDER / f"{self.stem}.json"

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The relations that it reads, as schema.name."""
        return relations_in(self.sql)


def relations_in(sql: str) -> tuple[str, ...]:
    """The relations that a compiled statement names, as schema.name."""
    return tuple(sorted({f"{schema}.{table}" for schema, table in READ.findall(sql)}))


def subjects(manifest: Mapping[str, Any], target: Path) -> dict[str, Subject]:
    """Every model and question of a project that dbt compiled, and every formula of its macros, by name."""
    formulas = (Subject(f"{SCHEMA}.{name}", statement_of(name)) for name in FORMULAS)
    found = {subject.name: subject for subject in formulas}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            name = f"{node['schema']}.{node['name']}"
            found[name] = Subject(name, compiled_sql(target, node) or "")
    for told in catalogue_of(manifest, {}, read_classification(PROJECT))["questions"]:
        question = question_of(told)
        name = f"ask.{question.name}"
        found[name] = Subject(name, typed(question), question)
    return dict(sorted(found.items()))


def relation_types(
    built: Mapping[str, Mapping[str, str]], manifest: Mapping[str, Any], target: Path
) -> dict[str, Mapping[str, str]]:
    """The columns' types of every relation that can be read: those built, the raw tables as the contract has
    them, and what a published snapshot does not hold: the staging views, and models younger than it."""
    types = dict(built) | {f"{SCHEMA}.{name}": columns_of(name) for name in FORMULAS}
    for table in read_contract(PROJECT).tables:
        types[f"raw.{table.name}"] = {column.name: column.type for column in table.columns}
        types[f"raw.new_{table.name}"] = types[f"raw.{table.name}"]  # what new loads hold of it
    left = {
        f"{node['schema']}.{node['name']}": compiled_sql(target, node) or ""
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and f"{node['schema']}.{node['name']}" not in types
    }
    with Floor(types) as floor:
        while ready := [name for name, sql in left.items() if all(one in types for one in relations_in(sql))]:
            for name in ready:
                sql = left.pop(name)
                floor.make(relations_in(sql))
                described = floor.connection.execute(f"describe {sql}").fetchall()
                types[name] = {column: kind for column, kind, *_ in described}
    return types


class Floor:
    """A database in memory in which relations are made when they are asked for, and filled case by case."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.connection = connect(threads=1)
        self.connection.execute("attach ':memory:' as warehouse")
        self.connection.execute("use warehouse")
        self._made: set[str] = set()
        self._holds: dict[str, Table] = {}

    def __enter__(self) -> Floor:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def make(self, relations: Iterable[str]) -> None:
        """Make relations, empty. Raises KeyError when nobody knows one."""
        for relation in relations:
            if relation in self._made:
                continue
            columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in self.types[relation].items())
            self.connection.execute(f"create schema if not exists {identifier(relation.split('.')[0])}")
            self.connection.execute(f"create table {_named(relation)} ({columns})")
            self._made.add(relation)

    def give(self, given: Mapping[str, Table]) -> None:
        """Fill relations; all others are empty then. Raises duckdb.Error."""
        for relation in [held for held in self._holds if held not in given]:
            self.connection.execute(f"truncate {_named(relation)}")
            del self._holds[relation]
        for relation, table in given.items():
            if self._holds.get(relation) is table:
                continue
            self.make([relation])
            if self._holds.pop(relation, None) is not None:
                self.connection.execute(f"truncate {_named(relation)}")
            if table.rows:
                columns = ", ".join(map(identifier, table.columns))
                rows = ", ".join(f"({', '.join(map(_literal, row))})" for row in table.rows)
                self.connection.execute(f"insert into {_named(relation)} ({columns}) values {rows}")  # noqa: S608
            self._holds[relation] = table

    def answer(self, subject: Subject, parameters: Mapping[str, Any], sql: str | None = None) -> Table:
        """What a subject, or a mutant of it, returns: a model's rows sorted, a question's as they come.
        Raises duckdb.Error."""
        sql = subject.sql if sql is None else sql
        values = {}
        if subject.question:
            values = bind(subject.question, parameters, AS_OF)
            values = {name: value for name, value in values.items() if re.search(rf"\${name}\b", sql)}
        return table_of(execute(self.connection, sql, values), in_order=subject.question is not None)


def table_of(result: duckdb.DuckDBPyConnection, in_order: bool) -> Table:
    """What was returned, as texts; sorted where the order means nothing."""
    columns = tuple(str(column[0]) for column in result.description or ())
    rows = [tuple(map(_text, row)) for row in result.fetchall()]
    if not in_order:
        rows.sort(key=lambda row: tuple((value is not None, value or "") for value in row))
    return Table(columns, tuple(rows))


def _named(relation: str) -> str:
    schema, _, table = relation.partition(".")
    return f"{identifier(schema)}.{identifier(table)}"


def _literal(value: str | None) -> str:
    return "null" if value is None else quoted(value)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float):
        return format(value + 0.0, DIGITS)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_text(one) or "null" for one in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_text(one)}" for name, one in value.items()) + "}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)


def read_recording(path: Path) -> tuple[Case, ...]:
    """The recorded cases of a subject; none when nothing was recorded."""
    if not path.is_file():
        return ()
    return tuple(
        Case(
            {relation: _table(rows) for relation, rows in case["given"].items()},
            _table(case.get("returns", [[]])),  # one written by hand has none yet
            case.get("parameters", {}),
        )
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
    )


def _table(rows: Sequence[Sequence[Any]]) -> Table:
    return Table(tuple(rows[0]), tuple(tuple(row) for row in rows[1:]))


def write_recording(subject: Subject, cases: Sequence[Case]) -> None:
    """Write a subject's cases, one row a line; remove the file when there are none."""
    if not cases:
        subject.path.unlink(missing_ok=True)
        return
    told = []
    for case in cases:
        given = ",\n".join(
            f"  {json.dumps(relation)}: {_told(table)}" for relation, table in sorted(case.given.items())
        )
        parameters = f'"parameters": {json.dumps(case.parameters)},\n ' if subject.question else ""
        told.append(f'{{{parameters}"given": {{\n{given}}},\n "returns": {_told(case.returns)}}}')
    subject.path.parent.mkdir(parents=True, exist_ok=True)
    text = f'{{"subject": {json.dumps(subject.name)}, "cases": [\n' + ",\n".join(told) + "\n]}\n"
    subject.path.write_text(text, encoding="utf-8")


def _told(table: Table) -> str:
    rows = (json.dumps(row, ensure_ascii=False) for row in (table.columns, *table.rows))
    return "[" + ",\n   ".join(rows) + "]"
