"""Transparency reports of others, through the doors of a provider's own data, give what they print."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def periods(scaup_on_real_data: Callable[..., str]) -> Callable[[str], list[dict[str, Any]]]:
    def of(publisher: str) -> list[dict[str, Any]]:
        words = ("ask", "published_periods", "--publisher", publisher, "--limit", "10000", "--format", "json")
        rows: list[dict[str, Any]] = json.loads(scaup_on_real_data(*words))["rows"]
        return rows

    return of


def test_githubs_months_add_up_to_the_years_that_github_prints(scaup_on_real_data: Callable[..., str]):
    told = json.loads(scaup_on_real_data("ask", "period_reconciliations", "--format", "json"))["rows"]
    found = {row["period_starts_on"][:4]: row for row in told if row["publisher"] == "GitHub"}
    printed = {"2021": 1828, "2022": 2321, "2023": 2051, "2024": 2023, "2025": 2464}
    assert {year: row["sum_of_parts"] for year, row in found.items()} == printed
    assert all(row["difference"] == 0 and row["part_count"] == 12 for row in found.values())


def test_every_figure_of_meta_is_there_and_what_is_no_number_is_null(
    periods: Callable[[str], list[dict[str, Any]]], real: Path
):
    with (real / "transparency/meta-2023-q3.csv").open(encoding="utf-8-sig", newline="") as lines:
        printed = list(csv.DictReader(lines))
    rows = periods("Meta")
    assert len(rows) == len(printed)
    found = {(row["series"], row["breakdown"], row["period_starts_on"][:10]): row["value"] for row in rows}
    for line in printed:
        year, quarter = line["period"].split("Q")
        key = (
            f"Community Standards Enforcement, {line['metric']}: {line['metric']}",
            f"app={line['app']}; policy_area={line['policy_area']}",
            f"{year}-{int(quarter) * 3 - 2:02}-01",
        )
        text = line["value"].strip()
        if text.endswith("%") and "-" not in text:
            assert found[key] == pytest.approx(float(text[:-1]) / 100, abs=1e-12), key
        elif text.replace(",", "").isdigit():
            assert found[key] == int(text.replace(",", "")), key
        else:
            assert found[key] is None, key


def test_ncmecs_two_tables_agree_on_the_reports_of_a_year(periods: Callable[[str], list[dict[str, Any]]]):
    rows = periods("NCMEC")
    by_content = {
        row["period_starts_on"][:4]: row["value"] for row in rows if row["breakdown"] == "reports=total"
    }
    by_year = {
        row["period_starts_on"][:4]: row["value"]
        for row in rows
        if row["series"] == "CyberTipline, reports per year: reports"
    }
    assert len(by_year) == 25 and by_year["1998"] == 4560 and by_year["2022"] == 32_059_029
    assert by_content == {year: by_year[year] for year in ("2020", "2021", "2022")}
