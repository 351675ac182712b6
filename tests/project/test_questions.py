"""A question is ref() and $parameters; what it declares is what it uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import duckdb

from scaup.parameters import CONVERTERS

WINDOW_FRAME = re.compile(r"\b(rows|range|groups)\s+between\b", re.IGNORECASE)


def _questions(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "analysis"]


def test_there_are_questions(dbt_manifest: Mapping[str, Any]):
    assert len(_questions(dbt_manifest)) >= 10


def test_the_only_jinja_in_a_question_is_ref(dbt_manifest: Mapping[str, Any]):
    for node in _questions(dbt_manifest):
        rest = re.sub(r"\{\{ ref\(\"\w+\"\) \}\}", "", node["raw_code"])
        assert "{{" not in rest and "{%" not in rest, (
            f"{node['original_file_path']}: bind values as $parameters"
        )


def test_declared_parameters_are_the_ones_that_are_used(dbt_manifest: Mapping[str, Any]):
    for node in _questions(dbt_manifest):
        (statement,) = duckdb.extract_statements(node["compiled_code"])
        declared = node["config"]["meta"].get("parameters") or {}
        assert set(declared) == set(statement.named_parameters), node["original_file_path"]


def test_no_parameter_with_a_default_is_asked_whether_it_is_null(dbt_manifest: Mapping[str, Any]):
    """A null counts as not given, so that the default takes its place (scaup/parameters.py)."""
    for node in _questions(dbt_manifest):
        for name, given in (node["config"]["meta"].get("parameters") or {}).items():
            asked = re.search(rf"\${name}\s+is\s+(not\s+)?null", node["raw_code"], re.IGNORECASE)
            assert given.get("default") is None or not asked, f"{node['original_file_path']}: {name}"


def test_every_parameter_has_a_known_type_and_a_description(dbt_manifest: Mapping[str, Any]):
    for node in _questions(dbt_manifest):
        for name, given in (node["config"]["meta"].get("parameters") or {}).items():
            yml = node["original_file_path"].replace(".sql", ".yml")
            assert given.get("type", "").removesuffix("[]") in CONVERTERS, f"{yml}: {name}"
            assert given.get("description"), f"{yml}: {name}"


def test_a_question_says_what_it_asks(dbt_manifest: Mapping[str, Any]):
    for node in _questions(dbt_manifest):
        asked = node["config"]["meta"].get("question") or ""
        assert asked.rstrip().endswith("?"), node["original_file_path"].replace(".sql", ".yml")


def test_an_answer_has_an_order(dbt_manifest: Mapping[str, Any]):
    for node in _questions(dbt_manifest):
        assert re.search(r"\border by\b", node["raw_code"], re.IGNORECASE), node["original_file_path"]


def test_time_is_half_open_everywhere(dbt_manifest: Mapping[str, Any]):
    for node in dbt_manifest["nodes"].values():
        if node["resource_type"] in ("model", "analysis"):
            rest = WINDOW_FRAME.sub("", re.sub(r"--.*", "", node["raw_code"]))
            assert not re.search(r"\bbetween\b", rest, re.IGNORECASE), (
                f"{node['original_file_path']}: write >= since and < until"
            )
