"""dbt without Scaup: a plain `dbt build` and `dbt docs generate` work in the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaup.contract import read_contract
from scaup.home import Home
from scaup.ingest import prepare_lake


def _dbt(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run dbt in the checkout as anybody would, with the defaults of profiles.yml."""
    return subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", *words],
        cwd=checkout,
        env={name: value for name, value in os.environ.items() if not name.startswith("SCAUP_")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """A copy of the checkout as `make setup` leaves it: no data, but a lake that can be read."""
    copy = tmp_path_factory.mktemp("plain")
    for name in ("models", "macros", "seeds", "analyses", "tests/dbt"):
        shutil.copytree(project / name, copy / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(project / name, copy / name)
    for name in ("dev", "spill"):
        (copy / "var" / name).mkdir(parents=True)
    prepare_lake(Home(copy / "var"), read_contract(project))
    return copy


@pytest.fixture(scope="module")
def built(checkout: Path) -> Path:
    """The checkout after `dbt build` on no rows. The unit tests have a command of their own."""
    strict = ("--warn-error-options", '{"error": ["Deprecations"]}')
    done = _dbt(checkout, "build", "--empty", "--exclude", "resource_type:unit_test", *strict)
    assert done.returncode == 0, _failures(done.stdout)
    return checkout


def _failures(said: str) -> str:
    """dbt's own words from the first failure on."""
    place = min((said.find(word) for word in ("Failure in", "Error in", "Error") if word in said), default=0)
    return said[place : place + 5000]


def test_every_seed_model_and_data_test_is_green_without_a_row_of_data(built: Path):
    results = json.loads((built / "target" / "run_results.json").read_text())["results"]
    assert {result["unique_id"].split(".")[0] for result in results} == {"seed", "model", "test"}
    assert {result["status"] for result in results} <= {"success", "pass"}


def test_the_docs_list_every_model_and_column_with_its_words(built: Path):
    done = _dbt(built, "docs", "generate", "--static")
    assert done.returncode == 0, done.stdout[-3000:]
    assert (built / "target" / "static_index.html").is_file()
    manifest = json.loads((built / "target" / "manifest.json").read_text())
    catalog = json.loads((built / "target" / "catalog.json").read_text())
    for name, node in manifest["nodes"].items():
        if node["resource_type"] in ("model", "seed"):
            assert node["description"], node["original_file_path"]
            in_words = {column for column, told in node["columns"].items() if told["description"]}
            assert in_words == set(catalog["nodes"][name]["columns"]), node["original_file_path"]
    for name, source in manifest["sources"].items():
        assert source["description"] and all(
            column["description"] for column in source["columns"].values()
        ), name
