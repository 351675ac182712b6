"""The checks: DuckDB counts breaches, Great Expectations judges the counts.

One query per table yields its profile: how many rows break each promise. The profiles of all raw
tables are one frame with one expectation per promise, those of all published tables another; each
is one Great Expectations checkpoint. Great Expectations and pandas are imported only in here, and
only when a check runs: together they take seconds and 200 MB.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from scaup.promises import Promise
from scaup.statements import statement
from scaup.warehouse import identifier

# More rows than this would have to be matched to find what names nothing: a warning is not worth it.
ORPHANS_UP_TO = 20_000_000


@dataclass(frozen=True)
class Check:
    """One judged promise: how many rows broke it, and a condition that finds them."""

    relation: str
    columns: tuple[str, ...]
    check: str
    sentence: str
    broken: int
    success: bool
    warning: bool
    expectation: str
    broken_where: str | None = None

    @property
    def stops(self) -> bool:
        """True when this alone keeps a build from being published."""
        return not self.success and not self.warning


@dataclass(frozen=True)
class Profile:
    """What one pass over a relation found: its rows, its breaches by label, its clocks' latest time.

    `off` says which columns are missing, surplus or of another type.
    """

    relation: str
    rows: int
    breaches: Mapping[str, int]
    latest: Mapping[str, str]
    off: tuple[str, ...] = ()


def profile(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    promises: Sequence[Promise],
    parents: Mapping[str, int] | None = None,
    among: str | None = None,
) -> Profile:
    """Count in one pass how many rows of a relation (`schema.table`) break each promise.

    The promise about the columns themselves is counted in columns. `parents` are the row
    counts of the tables that a reference may name; a reference to an absent table is not judged.
    `among` is a table of the only rows of it that can break what is asked of each row by itself, or have the
    key of another.
    """
    table = ".".join(identifier(part) for part in relation.split("."))
    held = _columns(connection, table)
    breaches: dict[str, int] = {}
    off: list[str] = []
    counted = []
    for promise in promises:
        if promise.check == "columns":
            off = _columns_off(connection, held, promise.types)
            breaches[promise.label] = len(off)
        elif not set(promise.columns) <= set(held):
            continue  # told by the promise about the columns
        elif promise.check != "refers":
            counted.append(promise)
    clocks = [column for column in ("occurred_at", "recorded_at") if column in held]
    alone = [promise for promise in counted if among and promise.broken_where]
    together = [promise for promise in counted if promise not in alone]
    row: dict[str, Any] = {}
    if alone:
        row |= _counted(connection, relation=among, promises=alone, clocks=(), among=None)
    row |= _counted(connection, relation=table, promises=together, clocks=clocks, among=among)
    breaches |= {promise.label: row[promise.label] for promise in counted}
    for promise in promises:
        if promise.refers_to and promise.columns[0] in held:
            parent, column = promise.refers_to
            if 0 < row["rows"] <= ORPHANS_UP_TO and (parents or {}).get(parent, 0):
                breaches[promise.label] = _orphans(connection, table, promise.columns[0], parent, column)
    latest = {clock: str(row[f"latest {clock}"]) for clock in clocks if row[f"latest {clock}"] is not None}
    return Profile(relation, row["rows"], breaches, latest, tuple(off))


def _counted(connection: duckdb.DuckDBPyConnection, **parts: object) -> dict[str, Any]:
    answer = connection.execute(statement("profile", **parts))
    names = [column[0] for column in answer.description or ()]
    return dict(zip(names, answer.fetchall()[0], strict=True))


def count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """The rows of a relation (`schema.table`)."""
    found: int = connection.execute("select count(*) from query_table(?)", [relation]).fetchall()[0][0]
    return found


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"describe {table}").fetchall()}


def _columns_off(
    connection: duckdb.DuckDBPyConnection, held: Mapping[str, str], declared: Mapping[str, str]
) -> list[str]:
    """What is missing, surplus or of another type than declared."""
    off = [f"{name} is missing" for name in declared if name not in held]
    off += [f"{name} is not declared" for name in held if name not in declared]
    for name, kind in declared.items():
        if kind and name in held:
            # DuckDB's own name of the type: timestamptz is TIMESTAMP WITH TIME ZONE.
            full_name = connection.execute(f"select typeof(null::{kind})").fetchall()[0][0]
            if held[name] != full_name:
                off.append(f"{name} is {held[name]}, not {full_name}")
    return off


def _orphans(connection: duckdb.DuckDBPyConnection, table: str, column: str, parent: str, key: str) -> int:
    schema = table.rpartition(".")[0]
    counted = statement(
        "orphans",
        relation=table,
        column=column,
        parent=f"{schema}.{identifier(parent)}" if schema else identifier(parent),
        parent_column=key,
    )
    found: int = connection.execute(counted).fetchall()[0][0]
    return found


def judge(name: str, promises: Iterable[Promise], breaches: Mapping[str, int]) -> list[Check]:
    """Let Great Expectations judge the counts: one checkpoint, one expectation per counted promise.

    The frame has one row and a column per promise, named by its label, that holds the number of
    breaches; the expectation is that it is zero.
    """
    judged = [promise for promise in promises if promise.label in breaches]
    if not judged:
        return []
    gx, expectations, base, pandas = _great_expectations()
    # In memory and silent: by default it leaves a folder for its own pages in the system's temporary one.
    context = gx.get_context(
        mode="ephemeral",
        project_config=base.DataContextConfig(
            store_backend_defaults=base.InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=base.ProgressBarsConfig(globally=False, metric_calculations=False),
        ),
    )
    suite = context.suites.add(
        gx.ExpectationSuite(
            name=name,
            expectations=[
                expectations.ExpectColumnMaxToBeBetween(
                    column=promise.label,
                    max_value=0,
                    severity="warning" if promise.warning else "critical",
                    meta={"place": place},
                    description=promise.sentence,
                )
                for place, promise in enumerate(judged)
            ],
        )
    )
    asset = context.data_sources.add_pandas(name).add_dataframe_asset(name)
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name=name, data=asset.add_batch_definition_whole_dataframe(name), suite=suite)
    )
    frame = pandas.DataFrame({promise.label: [breaches[promise.label]] for promise in judged})
    outcome = gx.Checkpoint(name=name, validation_definitions=[definition], result_format="BASIC").run(
        batch_parameters={"dataframe": frame}
    )
    (validation,) = outcome.run_results.values()
    checks = []
    for result in validation.results:
        promise = judged[result.expectation_config.meta["place"]]
        checks.append(
            Check(
                relation=promise.relation,
                columns=promise.columns,
                check=promise.check,
                sentence=promise.sentence,
                broken=breaches[promise.label],
                success=bool(result.success),
                warning=promise.warning,
                expectation=result.expectation_config.type,
                broken_where=promise.broken_where,
            )
        )
    if len(checks) != len(judged):
        raise RuntimeError(f"Great Expectations judged {len(checks)} of {len(judged)} promises of {name}.")
    return checks


def _great_expectations() -> tuple[Any, Any, Any, Any]:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import great_expectations
    import great_expectations.expectations as expectations
    import pandas
    from great_expectations.data_context.types import base

    return great_expectations, expectations, base, pandas


def warm_up() -> None:
    """Import Great Expectations ahead of the checks, in a thread while dbt works elsewhere."""
    _great_expectations()
