"""CONTRIBUTING's worked examples, followed word by word in a copy of the checkout."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import test_layers
import test_naming
import test_questions
import test_signals

from scaup.home import Home
from scaup.transform import COMPILE_QUESTIONS, Transformed, run, workspace_in
from scaup.warehouse import connect, open_snapshot

SIGNAL = "sig_repeated_payment_demands"


def _section(project: Path, title: str) -> str:
    text = (project / "CONTRIBUTING.md").read_text()
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _blocks(section: str) -> list[str]:
    return re.findall(r"```\w+\n(.*?)```", section, flags=re.DOTALL)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """The checkout with the signal and the question of CONTRIBUTING added, as its reader would."""
    copy = tmp_path_factory.mktemp("contributing") / "checkout"
    copy.mkdir()
    for name in ("models", "macros", "seeds", "analyses", "investigations", "tests/dbt"):
        shutil.copytree(project / name, copy / name)
    for name in ("dbt_project.yml", "profiles.yml", "requirements.lock"):
        shutil.copy(project / name, copy / name)
    section = _section(project, "Add a signal")
    sql_file, yml_file, union_file = re.findall(r"\*\*\d\. (?:One line in )?`([\w/.]+)`", section)
    sql, yml, line = _blocks(section)
    (copy / sql_file).write_text(sql)
    (copy / yml_file).write_text(yml)
    union = (copy / union_file).read_text().splitlines(keepends=True)
    members = [place for place, text in enumerate(union) if re.fullmatch(r'\s+"sig_\w+",\n', text)]
    after = [place for place in members if union[place] < line][-1]
    (copy / union_file).write_text("".join([*union[: after + 1], line, *union[after + 1 :]]))
    sql, yml = _blocks(_section(project, "Add a question"))
    name = re.search(r"name: (\w+)", yml)
    assert name
    (copy / "analyses" / f"{name[1]}.sql").write_text(sql)
    (copy / "analyses" / f"{name[1]}.yml").write_text(yml)
    return copy


@pytest.fixture(scope="module")
def contributed(
    copy: Path, built_home: Home, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Transformed, Home]:
    """`dbt seed && dbt build --select @sig_…`, unit tests included, on the lake of the shared home."""
    home = Home(tmp_path_factory.mktemp("home"))
    room = home.staging / "room"
    (room / "snapshot").mkdir(parents=True)
    (room / "lake").symlink_to(built_home.lake)
    workspace = workspace_in(home, copy, room, "4GiB", threads=2)
    build = ("build", "--select", f"@{SIGNAL}")
    return run(workspace, (("seed",), build, COMPILE_QUESTIONS)), home


def test_the_new_signal_builds_and_its_tests_pass(contributed: tuple[Transformed, Home], project: Path):
    done, _ = contributed
    assert f"dbt seed && dbt build --select @{SIGNAL}\n" in _section(project, "Add a signal")
    assert done.failed == ()
    unit_tests = {node.name for node in done.nodes if node.kind == "unit_test"}
    assert {
        "repeated_demands_are_seen_at_each_threshold_and_not_just_beyond",
        "victims_and_writers_demand_nothing",
    } <= unit_tests


def test_the_new_signal_is_in_signals(contributed: tuple[Transformed, Home]):
    _, home = contributed
    with connect(home.staging / "room" / "snapshot" / "warehouse.duckdb", read_only=True) as connection:
        own = connection.execute("select count(*) from query_table(?)", [f"signals.{SIGNAL}"]).fetchall()
        united = connection.execute(
            "select count(*) from signals.signals where signal_id = ?", [SIGNAL]
        ).fetchall()
        defined = connection.execute("select signal_id from signals.signal_definitions").fetchall()
    assert own == united and own[0][0] > 0
    assert (SIGNAL,) in defined


@pytest.mark.parametrize(
    "rule",
    [
        test_layers.test_no_layer_reads_what_it_may_not,
        test_naming.test_every_description_starts_with_the_grain,
        test_naming.test_every_column_is_described,
        test_naming.test_every_model_states_its_grain_in_a_test,
        test_signals.test_signals_unites_every_signal,
        test_signals.test_every_signal_says_what_a_reviewer_has_to_know,
        test_signals.test_every_signal_has_the_one_row_shape,
        test_signals.test_thresholds_live_in_the_first_line_of_the_sql_and_nowhere_in_words,
        test_signals.test_every_signal_is_tested_on_both_sides_and_with_a_look_alike,
        test_questions.test_the_only_jinja_in_a_question_is_ref,
        test_questions.test_declared_parameters_are_the_ones_that_are_used,
        test_questions.test_every_parameter_has_a_known_type_and_a_description,
    ],
    ids=lambda rule: rule.__name__.removeprefix("test_"),
)
def test_what_contributing_shows_keeps_the_rules(rule, contributed: tuple[Transformed, Home]):
    rule(contributed[0].manifest)


def test_a_forgotten_line_is_named_with_the_file_to_open(contributed: tuple[Transformed, Home]):
    manifest = {"nodes": dict(contributed[0].manifest["nodes"])}
    union = dict(manifest["nodes"]["model.scaup.signals"])
    kept = [name for name in union["depends_on"]["nodes"] if SIGNAL not in name]
    manifest["nodes"]["model.scaup.signals"] = {**union, "depends_on": {"nodes": kept}}
    with pytest.raises(AssertionError, match=rf"signals\.sql needs a line for each of \['{SIGNAL}'\]"):
        test_signals.test_signals_unites_every_signal(manifest)


def test_the_new_question_answers(contributed: tuple[Transformed, Home], built_home: Home):
    (node,) = [n for n in contributed[0].manifest["nodes"].values() if n["name"] == "account_refusals"]
    with open_snapshot(built_home).connection() as connection:
        (account,) = connection.execute(
            "select account_id from features.feat_account_days order by refused_count desc limit 1"
        ).fetchall()[0]
        rows = connection.execute(
            node["compiled_code"], {"account_id": account, "since": "2026-03-01", "until": "2026-07-01"}
        ).fetchall()
    assert rows and rows == sorted(rows)
