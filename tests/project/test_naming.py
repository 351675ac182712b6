"""Names say what a file is, and every file says what is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaup.build import column_types
from scaup.home import Home
from scaup.warehouse import open_snapshot

PREFIXES = {"staging": "stg_", "intermediate": "int_", "features": "feat_"}
SIGNAL_UNIONS = (
    "excepted_signals", "signals", "signal_subjects", "signal_declarations", "signal_definitions",
)  # fmt: skip
BAD_NAMES = ("utils", "util", "helpers", "helper", "common", "misc", "final", "tmp", "temp")
FOLDERS = (
    "models",
    "analyses",
    "seeds",
    "macros",
    "scaup",
    "tests",
    "adapters",
    "investigations",
    "benchmarks",
)


def _files(project: Path, *suffixes: str) -> list[Path]:
    return [path for folder in FOLDERS for path in (project / folder).rglob("*") if path.suffix in suffixes]


def test_a_model_is_named_for_its_layer(dbt_manifest: Mapping[str, Any]):
    for node in dbt_manifest["nodes"].values():
        if node["resource_type"] == "model":
            name, layer = node["name"], node["schema"]
            if layer == "signals":
                fits = name.startswith("sig_") or name in SIGNAL_UNIONS
            else:
                fits = name.startswith(PREFIXES.get(layer, "")) and (
                    layer in PREFIXES or name.split("_")[0] not in ("stg", "int", "feat", "sig")
                )
            assert fits, f"{node['original_file_path']}: begin with {PREFIXES.get(layer, 'a noun')}"


def test_nothing_is_called_utils(project: Path):
    for path in _files(project, ".py", ".sql", ".yml", ".md"):
        parts = {part for part in re.split(r"[/_.]", str(path.relative_to(project)))}
        assert not parts & set(BAD_NAMES), f"{path}: name it for what it holds"


@pytest.mark.parametrize(("folder", "suffix"), [("models", ".sql"), ("analyses", ".sql"), ("seeds", ".csv")])
def test_two_files_of_one_stem(project: Path, folder: str, suffix: str):
    stems = {path.with_suffix("") for path in (project / folder).rglob(f"*{suffix}")}
    told = {
        path.with_suffix("") for path in (project / folder).rglob("*.yml") if not path.name.startswith("_")
    }
    assert stems - told == set(), "these need a .yml beside them"
    assert told - stems == set(), "these .yml files describe nothing"


@pytest.mark.parametrize(
    ("folder", "key"), [("models", "models"), ("analyses", "analyses"), ("seeds", "seeds")]
)
def test_a_yml_is_about_the_file_of_its_stem_alone(project: Path, folder: str, key: str):
    for path in (project / folder).rglob("*.yml"):
        if not path.name.startswith("_"):
            names = [one["name"] for one in yaml.safe_load(path.read_text())[key]]
            assert names == [path.stem], path


def test_every_description_starts_with_the_grain(dbt_manifest: Mapping[str, Any]):
    for node in dbt_manifest["nodes"].values():
        if node["resource_type"] in ("model", "seed", "analysis"):
            assert re.match(r"(At most )?[Oo]ne row\b", node["description"]), (
                f"{node['original_file_path'].rsplit('.', 1)[0]}.yml: start with the grain, 'One row per …'"
            )


def test_every_column_is_described(dbt_manifest: Mapping[str, Any]):
    for node in dbt_manifest["nodes"].values():
        if node["resource_type"] in ("model", "seed", "analysis"):
            yml = node["original_file_path"].rsplit(".", 1)[0] + ".yml"
            assert node["columns"], f"{yml} describes no column"
            silent = [
                column["name"]
                for column in node["columns"].values()
                if len(column["description"].strip()) < 4
            ]
            assert silent == [], f"{yml} does not describe {silent}"


def test_the_yml_lists_the_columns_that_were_built(built_home: Home, dbt_manifest: Mapping[str, Any]):
    with open_snapshot(built_home).connection() as connection:
        built = column_types(connection)
    for node in dbt_manifest["nodes"].values():
        if node["resource_type"] in ("model", "seed") and node["schema"] != "staging":
            yml = node["original_file_path"].rsplit(".", 1)[0] + ".yml"
            assert set(node["columns"]) == set(built[f"{node['schema']}.{node['name']}"]), yml


def test_the_docs_catalogue_has_every_model_and_column_described(
    built_home: Home, dbt_manifest: Mapping[str, Any]
):
    catalogue = json.loads((open_snapshot(built_home).folder / "catalogue.json").read_text())
    shown = {model["name"]: model for model in catalogue["models"]}
    for node in dbt_manifest["nodes"].values():
        if node["resource_type"] in ("model", "seed") and node["schema"] != "staging":
            model = shown[node["name"]]
            assert model["description"], node["original_file_path"]
            assert [column["name"] for column in model["columns"]] == list(node["columns"])
            assert all(column["type"] and column["description"] for column in model["columns"])


def test_every_model_states_its_grain_in_a_test(dbt_manifest: Mapping[str, Any]):
    held = {
        node["attached_node"]
        for node in dbt_manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") in ("one_row_per", "unique")
    }
    for name, node in dbt_manifest["nodes"].items():
        if node["resource_type"] == "model" and not re.match("One row[.:, ]+(?!per)", node["description"]):
            assert name in held, f"{node['original_file_path'][:-4]}.yml: test the grain with one_row_per"
