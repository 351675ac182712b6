"""Canaries: before a build is published, every signal has to fire on a case that it must not miss.

The cases are the signal's own unit tests that expect a hit; they run in process on the SQL that this very
build compiled. A signal that is quiet on its canary is broken, whatever the lake holds: no hits would not
mean no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from scaup.promises import Promise
from scaup.rehearsal import Rehearsal, Stage, Types, compiled_sql, rehearsals


def canaries(
    manifest: Mapping[str, Any], target: Path, types: Types
) -> tuple[list[Promise], dict[str, list[str]]]:
    """A promise per signal, and the names of its canaries that did not sing, by its relation.

    A signal without a case that expects a hit has one that did not, and so has one that dbt did not
    compile. `types` are the columns' types of every relation that was built.
    """
    cases: dict[str, list[Rehearsal]] = {}
    for rehearsal in rehearsals(manifest):
        if rehearsal.expects_rows:
            cases.setdefault(rehearsal.model, []).append(rehearsal)
    promises: list[Promise] = []
    quiet: dict[str, list[str]] = {}
    for node in _signals(manifest):
        relation = f"{node['schema']}.{node['name']}"
        sql = compiled_sql(target, node)
        own = cases.get(relation, [])
        names = ", ".join(case.name for case in own) or "none: write a unit test that expects a hit"
        promises.append(Promise(relation, "fires", (), f"{relation} fires on its canaries ({names})"))
        silent = [case.name for case in own if not _sings(case, sql or "", types)]
        quiet[relation] = silent if own else ["no unit test of it expects a hit"]
    return promises, quiet


def uncompiled(manifest: Mapping[str, Any], target: Path) -> list[Mapping[str, Any]]:
    """The signals whose SQL dbt has not left in `target`, so that their canaries could not sing."""
    return [node for node in _signals(manifest) if compiled_sql(target, node) is None]


def _signals(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    nodes = manifest["nodes"].values()
    return [one for one in nodes if one["resource_type"] == "model" and one["name"].startswith("sig_")]


def _sings(case: Rehearsal, sql: str, types: Types) -> bool:
    try:
        with Stage(case, types) as stage:
            return stage.holds(sql)
    except (duckdb.Error, KeyError):  # the SQL does not run, or reads what was not built
        return False
