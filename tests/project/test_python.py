"""Who imports whom: the command line imports nouns, nouns import errors, and reading stays light."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scaup.home import Home

HEAVY = ("dbt", "great_expectations", "pandas", "numpy", "pyarrow", "agate")
# Who may import the heavy ones, and where: inside functions only.
BUILDERS = {"transform": {"dbt"}, "spark": {"dbt"}, "quality": {"great_expectations", "pandas"}}


def _modules(project: Path) -> dict[str, ast.Module]:
    folder = project / "scaup"
    return {
        ".".join(path.relative_to(folder).with_suffix("").parts): ast.parse(path.read_text(), str(path))
        for path in folder.rglob("*.py")
    }


def _imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_nouns_never_import_the_command_line(project: Path):
    for name, tree in _modules(project).items():
        if not name.startswith("cli") and name != "__main__":
            assert not {one for one in _imported(tree) if one.startswith("scaup.cli")}, f"scaup/{name}.py"


def test_errors_import_nothing_of_ours(project: Path):
    assert not {one for one in _imported(_modules(project)["errors"]) if one.startswith("scaup")}


def test_the_heavy_libraries_are_imported_inside_the_building_functions_only(project: Path):
    for name, tree in _modules(project).items():
        heavy = {one.split(".")[0] for one in _imported(tree)} & set(HEAVY)
        assert heavy <= BUILDERS.get(name, set()), f"scaup/{name.replace('.', '/')}.py imports {heavy}"
        at_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        top = {one.split(".")[0] for node in at_top for one in _imported(node)}
        assert not top & set(HEAVY), (
            f"scaup/{name.replace('.', '/')}.py imports {top & set(HEAVY)} at the top"
        )


def test_one_module_connects_to_the_database(project: Path):
    for name, tree in _modules(project).items():
        calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
        assert name == "warehouse" or "duckdb.connect" not in calls, (
            f"scaup/{name}.py: use scaup.warehouse.connect"
        )


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "input_coverage"),
        ("questions",),
        ("sql", "select 1"),
        ("snapshots",),
        ("investigations",),
        ("lint", "account_triage"),
        ("--help",),
    ],
    ids=" ".join,
)
def test_reading_imports_neither_dbt_nor_great_expectations_nor_pandas(
    built_home: Home, project: Path, words
):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "scaup", *words],
        capture_output=True,
        text=True,
        cwd=project,
        env={**os.environ, "SCAUP_HOME": str(built_home.root)},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    imported = {
        line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line
    }
    assert "scaup" in imported
    assert not imported & set(HEAVY)


def test_modules_fit_on_a_few_screens(project: Path):
    for path in (project / "scaup").rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 400, f"{path}: a noun that became two?"


def test_the_linter_looks_for_values_formatted_into_sql(project: Path):
    settings = tomllib.loads((project / "pyproject.toml").read_text())
    assert "S608" in settings["tool"]["ruff"]["lint"]["select"]
    for path in (project / "scaup").rglob("*.py"):
        assert "S608" not in path.read_text(), f"{path} silences the check for SQL made of strings"


def test_every_module_says_what_it_is(project: Path):
    for name, tree in _modules(project).items():
        assert ast.get_docstring(tree), f"scaup/{name.replace('.', '/')}.py"
