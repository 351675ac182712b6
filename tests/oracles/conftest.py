"""The real data behind the same doors as a provider's: ingested, built and published once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REAL = Path(__file__).resolve().parent / "data"
FILES = {
    "coordination_russian": ["coordination_russian/events.parquet"],
    "github_transparency": ["transparency/dmca_takedowns_by_month.csv"],
    "github_transparency_years": ["transparency/dmca_takedowns_summary.csv"],
    "meta_cser": ["transparency/meta-2023-q3.csv"],
    "ncmec_cybertipline": ["transparency/csam-report-contents.csv"],
    "ncmec_years": ["transparency/csam-reports-per-year.csv"],
    "mooncake": ["llm_traffic/mooncake_conversation.parquet"],
    "azure_llm": ["llm_traffic/azure_llm_2023.parquet"],
    "convabuse": ["reviewer_labels/convabuse_annotations.parquet"],
    "adultcontent2": [
        "reviewer_labels/adultcontent2_labels.parquet",
        "reviewer_labels/adultcontent2_gold.parquet",
    ],
    "xstest": ["safety_eval_xstest/xstest_results.parquet", "safety_eval_xstest/xstest_grades.parquet"],
}


@pytest.fixture(scope="session")
def scaup_on_real_data(shared: Callable[[str, Callable[[Path], None]], Path]) -> Callable[..., str]:
    """A function that runs `scaup …` as a process on a snapshot of the real data; returns its stdout."""

    def fill(home: Path) -> None:
        for adapter, paths in FILES.items():
            _scaup(home, "ingest", "--adapter", adapter, *(str(REAL / path) for path in paths))
        _scaup(home, "build")

    home = shared("real", fill)
    return lambda *words: _scaup(home, *words)


def _scaup(home: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "scaup", *words],
        env={**os.environ, "SCAUP_HOME": str(home)},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"scaup {' '.join(words)}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of the real data."""
    return REAL


@pytest.fixture(scope="session")
def expected(real: Path) -> dict[str, list[float]]:
    """The figures that came with the real data."""
    found: dict[str, list[float]] = json.loads((real / "expected.json").read_text())
    return found
