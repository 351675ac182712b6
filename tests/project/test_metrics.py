"""Every metric has a definition, and every definition a metric: seeds/metric_definitions.csv."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

MARTS = ("enforcement", "operations", "regulatory")
# What a column is called that holds a metric rather than a fact about one row.
METRIC = re.compile(
    r"(^|_)(share|rate|gap|precision|recall|yield|prevalence|attainment|reliability|recidivism|adherence"
    r"|kappa|alpha|psi|brier|ece|wmape|fte|p50_hours|p90_hours|p95_hours|conversion|completeness)$"
    r"|_p\d\d_(seconds|days)$|^blast_radius_"
)


@pytest.fixture(scope="module")
def definitions(project: Path) -> list[dict[str, str]]:
    with (project / "seeds" / "metric_definitions.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _columns(manifest: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Every column of the marts, and the yml that describes it."""
    return {
        (node["name"], column): node["original_file_path"].replace(".sql", ".yml")
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in MARTS
        for column in node["columns"]
    }


def test_each_of_the_sixty_is_defined_or_missing_with_a_reason(definitions: list[dict[str, str]]):
    known = {row["metric_id"] for row in definitions}
    assert {f"M{number:02}" for number in range(1, 61)} <= known
    for row in definitions:
        assert bool(row["model_name"]) != bool(row["missing_reason"]), row["metric_id"]


def test_a_metric_column_has_its_row(dbt_manifest: Mapping[str, Any], definitions: list[dict[str, str]]):
    defined = {(row["model_name"], row["column_name"]) for row in definitions}
    undefined = {
        place: yml
        for place, yml in _columns(dbt_manifest).items()
        if METRIC.search(place[1]) and place not in defined
    }
    assert undefined == {}, "add a row to seeds/metric_definitions.csv, or call the column something else"


def test_a_row_has_its_column(dbt_manifest: Mapping[str, Any], definitions: list[dict[str, str]]):
    columns = _columns(dbt_manifest)
    for row in definitions:
        if row["model_name"]:
            place = (row["model_name"], row["column_name"])
            assert place in columns, f"{row['metric_id']}: no mart has {'.'.join(place)}"
            if row["denominator"]:
                beside = (row["model_name"], row["denominator"])
                assert beside in columns, f"{row['metric_id']}: no mart has {'.'.join(beside)}"
            if row["interval_method"] != "none":
                ends = {f"{row['column_name']}_low", f"{row['column_name']}_high"}
                assert ends <= {name for model, name in columns if model == row["model_name"]}, (
                    f"{row['metric_id']}: {'.'.join(place)} has no interval beside it"
                )


def test_a_definition_says_what_it_must(dbt_manifest: Mapping[str, Any], definitions: list[dict[str, str]]):
    questions = {
        node["name"] for node in dbt_manifest["nodes"].values() if node["resource_type"] == "analysis"
    }
    for row in definitions:
        for field in ("name", "formula", "grain", "unit", "clock", "cohort", "counting_unit", "consumer"):
            assert row[field], f"{row['metric_id']} has no {field}"
        assert row["direction"] in ("up", "down", "none"), row["metric_id"]
        assert not row["listed_by"] or row["listed_by"] in questions, row["metric_id"]
        if row["model_name"]:
            assert row["page"], f"{row['metric_id']} has no page"
