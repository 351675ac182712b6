"""The catalogue of a snapshot: its questions, signals and models, written once from dbt's manifest.

`scaup.project` reads it; the readers never see dbt. The same questions become table macros
(`scaup.macros`), so the words, the SQL and the defaults have one home: the question's two files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from scaup.classification import Classification
from scaup.errors import ScaupError

HIDDEN_SCHEMAS = ("staging",)
# They look at every raw table only to say when it was recorded and whether it is there.
LOOK_AT_ALL = ("int_snapshot_clock", "int_input_coverage")


class QuestionUnfit(ScaupError):
    """A question's yml and its SQL do not agree."""


def catalogue_of(
    manifest: Mapping[str, Any], types: Mapping[str, Mapping[str, str]], classes: Classification
) -> dict[str, Any]:
    """The content of catalogue.json, in an order that depends on names only.

    `manifest` is dbt's, after `dbt compile` filled in the questions' SQL. `types` are the built
    relations' column types: {"features.feat_account_days": {"account_id": "VARCHAR", …}}. `classes`
    says the privacy class of every column and parameter by its name.
    """
    nodes = sorted(manifest["nodes"].values(), key=lambda node: str(node["name"]))
    models = [node for node in nodes if node["resource_type"] in ("model", "seed")]
    return {
        "questions": [
            _question(node, manifest, classes) for node in nodes if node["resource_type"] == "analysis"
        ],
        "signals": [
            {
                **_meta(node),
                "name": node["name"],
                "description": _words(node["description"]),
                "inputs": sorted(set(_raw_tables(node, manifest, set()))),
            }
            for node in models
            if node["name"].startswith("sig_")
        ],
        "models": [_model(node, types, classes) for node in models if node["schema"] not in HIDDEN_SCHEMAS],
    }


def _question(
    node: Mapping[str, Any], manifest: Mapping[str, Any], classes: Classification
) -> dict[str, Any]:
    sql = node.get("compiled_code")
    if not sql:
        raise QuestionUnfit(f"{node['original_file_path']} was not compiled; its Jinja may only be ref().")
    sql = sql.strip() + "\n"
    meta = _meta(node)
    declared = meta.pop("parameters", None) or {}
    return {
        **meta,
        "name": node["name"],
        "description": _words(node["description"]),
        "parameters": [_parameter(name, given, classes) for name, given in declared.items()],
        "columns": [_column(column, {}, classes) for column in node["columns"].values()],
        "relations": [
            f"{manifest['nodes'][name]['schema']}.{manifest['nodes'][name]['name']}"
            for name in sorted(set(node["depends_on"]["nodes"]))
        ],
        "inputs": sorted(set(_raw_tables(node, manifest, set()))),
        "sql": sql,
        "sha256": hashlib.sha256(sql.encode()).hexdigest(),
    }


def _parameter(name: str, given: Mapping[str, Any], classes: Classification) -> dict[str, Any]:
    """A parameter without a default is required; a default of null makes it optional."""
    privacy = classes.of(name) or ("P2" if given.get("entity") else "")
    return {"name": name, "required": "default" not in given, "default": None, "privacy": privacy, **given}


def _raw_tables(node: Mapping[str, Any], manifest: Mapping[str, Any], seen: set[str]) -> Iterable[str]:
    """The raw tables below a node. The clock reads all of them and says nothing about any: left out."""
    for name in node["depends_on"].get("nodes", ()):  # a seed depends on nothing
        if name.startswith("source."):
            yield manifest["sources"][name]["name"]
        elif name not in seen and name.split(".")[-1] not in LOOK_AT_ALL:
            seen.add(name)
            yield from _raw_tables(manifest["nodes"][name], manifest, seen)


def _model(
    node: Mapping[str, Any], types: Mapping[str, Mapping[str, str]], classes: Classification
) -> dict[str, Any]:
    built = types.get(f"{node['schema']}.{node['name']}", {})
    return {
        "name": node["name"],
        "schema": node["schema"],
        "description": _words(node["description"]),
        "columns": [_column(column, built, classes) for column in node["columns"].values()],
    }


def _column(column: Mapping[str, Any], built: Mapping[str, str], classes: Classification) -> dict[str, str]:
    return {
        "name": column["name"],
        "type": built.get(column["name"]) or column.get("data_type") or "",
        "description": _words(column["description"]),
        "privacy": classes.of(column["name"]),
    }


def _meta(node: Mapping[str, Any]) -> dict[str, Any]:
    return dict(node["config"].get("meta") or {})


def _words(text: str) -> str:
    return text.strip()
