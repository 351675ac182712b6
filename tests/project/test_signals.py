"""A signal is two files of one stem and one line, and its yml says all that a reviewer has to know."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SAYS = (
    "purpose",
    "policy_clause",
    "typology",
    "harm_type",
    "family",
    "severity",
    "action_ceiling",
    "daily_cap",
    "owner",
    "review_by",
    "version",
    "traced_by",
    "look_alikes",
    "blind_spots",
    "next_investigation",
    "thresholds",
)
COLUMNS = [
    "subject_type",
    "subject_id",
    "detected_at",
    "window_starts_at",
    "window_ends_at",
    "strength",
    "evidence",
]


def _signals(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"].startswith("sig_")
    }


def _yml(node: Mapping[str, Any]) -> str:
    return str(node["original_file_path"])[:-4] + ".yml"


def test_signals_unites_every_signal(dbt_manifest: Mapping[str, Any]):
    union = dbt_manifest["nodes"]["model.scaup.signals"]
    united = {name.split(".")[-1] for name in union["depends_on"]["nodes"] if ".sig_" in name}
    missing = sorted(_signals(dbt_manifest).keys() - united)
    assert missing == [], f"{union['original_file_path']} needs a line for each of {missing}"


def test_every_signal_says_what_a_reviewer_has_to_know(dbt_manifest: Mapping[str, Any]):
    for node in _signals(dbt_manifest).values():
        meta = node["config"]["meta"]
        unsaid = [key for key in SAYS if not meta.get(key)]
        assert unsaid == [], f"{_yml(node)} does not say its {unsaid}"
        surplus = sorted(meta.keys() - set(SAYS) - {"route"})
        assert surplus == [], f"{_yml(node)} says {surplus}, which nobody reads"


def test_every_family_of_the_catalogue_has_a_signal(dbt_manifest: Mapping[str, Any], project: Path):
    with (project / "seeds" / "typologies.csv").open(encoding="utf-8", newline="") as rows:
        families = {row["typology"]: row["family"] for row in csv.DictReader(rows)}
    signals = _signals(dbt_manifest)
    seen = {families.get(node["config"]["meta"]["typology"]) for node in signals.values()}
    assert set(families.values()) - seen == set(), "seeds/typologies.csv: no signal for a family"
    assert None not in seen, "a signal's typology is not in seeds/typologies.csv"


def test_every_way_back_to_raw_rows_is_one_that_signal_evidence_walks(
    dbt_manifest: Mapping[str, Any], project: Path
):
    walked = (project / "analyses" / "signal_evidence.sql").read_text(encoding="utf-8")
    for node in _signals(dbt_manifest).values():
        for way in node["config"]["meta"]["traced_by"]:
            assert f"'{way}'" in walked, f"{_yml(node)}: analyses/signal_evidence.sql does not know {way!r}"


def test_no_blank_of_a_draft_is_left(dbt_manifest: Mapping[str, Any], project: Path):
    for node in _signals(dbt_manifest).values():
        for path in (str(node["original_file_path"]), _yml(node)):
            lines = (project / path).read_text(encoding="utf-8").splitlines()
            left = [
                f"line {number}: {line.strip()}" for number, line in enumerate(lines, 1) if "BLANK" in line
            ]
            assert left == [], f"{path} has blanks to fill: {left}"


def test_every_look_alike_comes_with_a_check_that_tells_it_apart(dbt_manifest: Mapping[str, Any]):
    for node in _signals(dbt_manifest).values():
        for look_alike in node["config"]["meta"]["look_alikes"]:
            assert look_alike.get("who") and look_alike.get("check"), _yml(node)


def test_every_signal_leads_to_an_investigation_that_exists(dbt_manifest: Mapping[str, Any], project: Path):
    for node in _signals(dbt_manifest).values():
        name = node["config"]["meta"]["next_investigation"]
        assert (project / "investigations" / f"{name}.md").is_file(), (
            f"{_yml(node)}: no investigations/{name}.md"
        )


def test_every_signal_has_the_one_row_shape(dbt_manifest: Mapping[str, Any]):
    for node in _signals(dbt_manifest).values():
        assert list(node["columns"]) == COLUMNS, _yml(node)


def test_thresholds_live_in_the_first_line_of_the_sql_and_nowhere_in_words(dbt_manifest: Mapping[str, Any]):
    for node in _signals(dbt_manifest).values():
        meta = node["config"]["meta"]
        assert node["raw_code"].startswith("{% set thresholds = {"), node["original_file_path"]
        words = [node["description"], meta["purpose"], str(meta["blind_spots"]), str(meta["look_alikes"])]
        for column, threshold in meta["thresholds"].items():
            number = re.compile(
                rf"(?<![\w.]){re.escape(f'{threshold:,}')}(?![\w.]*\d)|(?<![\w.,]){threshold}(?![\w,.]*\d)"
            )
            for text in words:
                assert not number.search(text), f"{_yml(node)} tells the threshold of {column} ({threshold})"


def test_every_signal_is_tested_on_both_sides_and_with_a_look_alike(dbt_manifest: Mapping[str, Any]):
    tests: dict[str, list[str]] = {}
    for test in dbt_manifest["unit_tests"].values():
        tests.setdefault(test["model"], []).append(test["name"])
    for name, node in _signals(dbt_manifest).items():
        assert len(tests.get(name, ())) >= 2, (
            f"{_yml(node)}: test both sides of each threshold, and a look-alike"
        )


def test_a_signals_name_says_what_was_seen(dbt_manifest: Mapping[str, Any]):
    verdicts = ("abuser", "attacker", "evader", "criminal", "offender", "bot", "fraudster", "distiller")
    for name, node in _signals(dbt_manifest).items():
        assert not set(name.split("_")) & set(verdicts), node["original_file_path"]
