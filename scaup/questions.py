"""Asking: the only place where a question is bound and run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from time import perf_counter

import duckdb

from scaup.answers import Answer, plain_text, unique
from scaup.errors import ScaupError
from scaup.macros import with_arguments
from scaup.parameters import bind, check_names
from scaup.project import Question
from scaup.spill import SPILL_LIMIT, spill_limit
from scaup.warehouse import Snapshot, execute

LIMIT = "limit"  # the parameter that bounds how many rows a question returns


class QuestionFailed(ScaupError):
    """The database refused a question, or gave up on it."""


def ask(question: Question, parameters: Mapping[str, object], snapshot: Snapshot) -> Answer:
    """Run one question and keep what is needed to repeat it.

    Names are checked before the snapshot is touched; every value is bound with its declared type.
    Raises MissingParameter, UnknownParameter, BadValue, QuestionFailed.
    """
    check_names(question, parameters)
    values = bind(question, parameters, snapshot.as_of)
    started = perf_counter()
    try:
        result = execute(snapshot.reader, typed(question), values)
        names = unique(column[0] for column in result.description)
        types = tuple(str(column[1]) for column in result.description)
        rows = tuple(result.fetchall())
    except duckdb.OutOfMemoryException as error:
        room = spill_limit(snapshot.spill) or "0MiB"
        raise QuestionFailed(
            f"{question.name} does not fit into memory and {room} of disk. Ask about one subject or a "
            f"shorter window, or allow more disk with {SPILL_LIMIT}, as in 20GiB."
        ) from error
    except duckdb.Error as error:
        raise QuestionFailed(
            f"{question.name} failed on snapshot {snapshot.id}: {error} (sql sha256 {question.sha256[:12]})"
        ) from error
    return Answer(
        name=question.name,
        columns=names,
        types=types,
        rows=rows,
        sql_sha256=question.sha256,
        parameters=values,
        snapshot_id=snapshot.id,
        as_of=snapshot.as_of,
        elapsed_ms=(perf_counter() - started) * 1000,
        cut_by=_cut_by(values, len(rows)),
        empty=question.empty,
        absent_inputs=() if rows else absent_inputs(question, snapshot),
        title=question.question,
        descriptions={column.name: column.description for column in question.columns},
    )


@lru_cache(maxsize=256)
def typed(question: Question) -> str:
    """The question's SQL with each placeholder cast to its declared type.

    DuckDB folds the cast into the parameter: a NULL and an empty list get a type, and pruning stays.
    """
    declared = {found.name: (f"${found.name}", found.type) for found in question.parameters}
    return with_arguments(question.sql, declared)


@lru_cache(maxsize=256)
def absent_inputs(question: Question, snapshot: Snapshot) -> tuple[str, ...]:
    """The raw tables behind a question of which the snapshot has no row at all."""
    if not question.inputs:
        return ()
    sql = (Path(__file__).parent / "sql" / "absent_inputs.sql").read_text(encoding="utf-8")
    found = execute(snapshot.reader, sql, {"inputs": list(question.inputs)}).fetchall()
    return tuple(name for (name,) in found)


def _cut_by(values: Mapping[str, object], row_count: int) -> str:
    limit = values.get(LIMIT)
    if isinstance(limit, int) and row_count >= limit:
        return f"--{LIMIT} {plain_text(limit)}"
    return ""
