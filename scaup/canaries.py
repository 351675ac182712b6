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
) -> tuple[dict[str, list[Promise]], dict[str, int]]:
    """A promise per signal, and how many of its canaries did not sing, by the promise's label.

    A signal without a case that expects a hit has one that did not. `types` are the columns' types of
    every relation that was built; signals that dbt did not compile this time are not judged.
    """
    cases: dict[str, list[Rehearsal]] = {}
    for rehearsal in rehearsals(manifest):
        if rehearsal.expects_rows:
            cases.setdefault(rehearsal.model, []).append(rehearsal)
    promises: dict[str, list[Promise]] = {}
    quiet: dict[str, int] = {}
    for node in manifest["nodes"].values():
        relation = f"{node['schema']}.{node['name']}"
        if node["resource_type"] != "model" or not node["name"].startswith("sig_"):
            continue
        if (sql := compiled_sql(target, node)) is None:
            continue
        own = cases.get(relation, [])
        names = ", ".join(case.name for case in own) or "none: write a unit test that expects a hit"
        promise = Promise(relation, "fires", (), f"{relation} fires on its canaries ({names})")
        promises[relation] = [promise]
        quiet[promise.label] = sum(not _sings(case, sql, types) for case in own) if own else 1
    return promises, quiet


def _sings(case: Rehearsal, sql: str, types: Types) -> bool:
    try:
        with Stage(case, types) as stage:
            return stage.holds(sql)
    except (duckdb.Error, KeyError):  # the SQL does not run, or reads what was not built
        return False
