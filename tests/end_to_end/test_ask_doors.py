"""One source, three doors: the command line, the table macro and the compiled SQL give the same rows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from scaup.answers import json_text, no_rows, plain_text
from scaup.cli import cli
from scaup.home import Home
from scaup.parameters import bind
from scaup.project import Question
from scaup.questions import ask
from scaup.warehouse import Snapshot, connect, execute, identifier, open_snapshot

QUESTIONS = sorted(path.stem for path in (Path(__file__).parents[2] / "analyses").glob("*.sql"))
HOSTILE = "' or 1=1; -- \x1b[2J"
CORPORA = sorted((Path(__file__).parents[1] / "hostile" / "data").glob("*.jsonl"))
STRINGS = [
    text
    for path in CORPORA
    for text in (json.loads(line).get("s", "") for line in path.read_text().splitlines())
    if text.isprintable() or not any("\ud800" <= letter <= "\udfff" for letter in text)
]
# They read every request of their window.
HEAVY = ("coordinated_actions", "coordinated_network", "signal_evidence", "traffic_totals")

# What each kind of parameter names, and the table to look for the one with the most rows in.
KNOWN = {
    "account": ("subject_id", "signals.signals where subject_type = 'account'"),
    "cluster": ("cluster_id", "features.feat_cluster_days"),
    "signal": ("signal_id", "signals.signals"),
    "subject": ("subject_id", "enforcement.risk_scores where subject_type = 'account'"),
    "surface": ("surface", "intermediate.int_requests"),
    "sender": ("sender_id", "features.feat_copyright_senders"),
    "mcp_server": ("server_id", "features.feat_mcp_versions"),
    "key": ("key_value", "intermediate.int_account_keys where account_count between 2 and 10"),
    "hash": ("sha256", "features.feat_hash_matches"),
    "report": ("report_id", "intermediate.int_user_reports where subject_id is not null"),
    "factor": (
        "code",
        "(select unnest(factor_codes) as code from intermediate.int_review_decisions) as codes",
    ),
    "classifier": ("classifier_id", "enforcement.score_outcomes where is_settled"),
    "model": ("model_version", "features.feat_account_models"),
    "hash_list": ("list_id", "features.feat_hash_matches"),
    "policy": ("policy_id", "enforcement.actions"),
    "vendor": ("vendor_id", "operations.review_work where vendor_id is not null"),
    "template": ("template_hash", "features.feat_template_weeks"),
}


@pytest.fixture(scope="module")
def snapshot(built_home: Home) -> Snapshot:
    return open_snapshot(built_home)


@cache
def known(snapshot: Snapshot, entity: str) -> str:
    """A value of that entity that the snapshot has rows for."""
    column, table = KNOWN[entity]
    sql = f"select {column} from {table} group by all order by count(*) desc, {column} limit 1"  # noqa: S608
    [(value,)] = snapshot.reader.execute(sql).fetchall()
    return str(value)


def typical(question: Question, snapshot: Snapshot) -> dict[str, object]:
    """What an analyst would ask: something known, over the whole time."""
    values: dict[str, object] = {}
    for parameter in question.parameters:
        if parameter.required and parameter.type in ("bigint", "double"):
            values[parameter.name] = 10
        elif parameter.required:
            assert parameter.entity in KNOWN, f"{question.name}: no value is known for {parameter.name}"
            found = known(snapshot, str(parameter.entity))
            values[parameter.name] = [found] if parameter.type.endswith("[]") else found
        elif parameter.name == "since":
            values[parameter.name] = "-92d"
    return values


def boundary(question: Question, snapshot: Snapshot) -> dict[str, object]:
    """The smallest of everything: one row at most, a window of no length."""
    values = typical(question, snapshot)
    for parameter in question.parameters:
        if parameter.minimum is not None and not parameter.type.endswith("[]"):
            values[parameter.name] = parameter.minimum
        elif parameter.name == "since":
            values[parameter.name] = "now"
    return values


def hostile(question: Question, snapshot: Snapshot) -> dict[str, object]:
    """Every free text is an attack."""
    values = typical(question, snapshot)
    for parameter in question.parameters:
        if parameter.type in ("varchar", "varchar[]") and not parameter.values:
            values[parameter.name] = [HOSTILE] if parameter.type == "varchar[]" else HOSTILE
    return values


def by_command(question: Question, values: Mapping[str, object], home: Home) -> list[str]:
    """The rows that `scaup ask` prints, as JSON lines."""
    words = [
        word
        for name, value in values.items()
        for item in (value if isinstance(value, list) else [value])
        for word in (f"--{name.replace('_', '-')}", plain_text(item))
    ]
    runner = CliRunner(env={"SCAUP_HOME": str(home.root)})
    result = runner.invoke(cli, ["ask", question.name, *words, "--format", "jsonl"], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()


def by_macro(question: Question, values: Mapping[str, object], snapshot: Snapshot) -> list[str]:
    """The rows of `from ask.<name>(…)`: what was not given is left to the macro's own defaults."""
    bound = bind(question, values, snapshot.as_of)
    given = {name: value for name, value in bound.items() if values.get(name) is not None}
    passed = ", ".join(
        f"${parameter.name}::{parameter.type}"
        if parameter.required
        else f"{identifier(parameter.name)} := ${parameter.name}::{parameter.type}"
        for parameter in sorted(question.parameters, key=lambda parameter: not parameter.required)
        if parameter.name in given
    )
    return lines(execute(snapshot.reader, f"from ask.{identifier(question.name)}({passed})", given))


def by_hand(question: Question, values: Mapping[str, object], snapshot: Snapshot) -> list[str]:
    """The rows of the compiled file, its placeholders bound by any DuckDB client."""
    [statement] = duckdb.extract_statements(question.sql)
    bound = bind(question, values, snapshot.as_of)
    assert set(bound) == set(statement.named_parameters), "the yml and the SQL name the same parameters"
    return lines(execute(snapshot.reader, question.sql, bound))


def lines(result: duckdb.DuckDBPyConnection) -> list[str]:
    columns = [(json.dumps(column[0]), str(column[1])) for column in result.description]
    found = []
    for row in result.fetchall():
        fields = (
            f"{name}: {json_text(value, kind)}" for (name, kind), value in zip(columns, row, strict=True)
        )
        found.append("{" + ", ".join(fields) + "}")
    return found


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_answers_alike_through_all_doors(
    name: str, snapshot: Snapshot, built_home: Home
) -> None:
    question = snapshot.catalogue.question(name)
    for values in (typical(question, snapshot), boundary(question, snapshot), hostile(question, snapshot)):
        rows = by_command(question, values, built_home)
        assert by_macro(question, values, snapshot) == rows, values
        assert by_hand(question, values, snapshot) == rows, values


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_hostile_value_is_nobody(name: str, snapshot: Snapshot) -> None:
    question = snapshot.catalogue.question(name)
    attack = hostile(question, snapshot)
    nobody = {
        key: "nobody" if value == HOSTILE else ["nobody"] if value == [HOSTILE] else value
        for key, value in attack.items()
    }
    assert ask(question, attack, snapshot).rows == ask(question, nobody, snapshot).rows


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_returns_the_columns_that_it_declares(name: str, snapshot: Snapshot) -> None:
    question = snapshot.catalogue.question(name)
    answer = ask(question, typical(question, snapshot), snapshot)
    assert answer.columns == tuple(column.name for column in question.columns)


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_window_reaches_past_the_snapshots_clock(name: str, snapshot: Snapshot) -> None:
    answer = ask(
        snapshot.catalogue.question(name), typical(snapshot.catalogue.question(name), snapshot), snapshot
    )
    times = [
        value
        for row in answer.records()
        for name, value in row.items()
        if isinstance(value, datetime) and value.tzinfo and name != "due_at"  # a deadline lies ahead
    ]
    assert all(value <= snapshot.as_of for value in times)


@pytest.fixture(scope="module")
def empty(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The same snapshot without a row of data: seeds and the clock are all that is left."""
    folder = tmp_path_factory.mktemp("empty") / "empty"
    shutil.copytree(snapshot.folder, folder)
    (folder / "warehouse.duckdb").chmod(0o600)
    with connect(folder / "warehouse.duckdb") as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name in ('intermediate', "
            "'features', 'signals', 'enforcement', 'operations', 'regulatory') and table_name not in "
            "('int_snapshot_clock', 'int_input_coverage', 'signal_definitions')"
        ).fetchall()
        for schema, table in tables:
            connection.execute(f"delete from {identifier(schema)}.{identifier(table)}")  # noqa: S608
        connection.execute("update intermediate.int_input_coverage set is_present = false, row_count = 0")
    return Snapshot(snapshot.id, folder)


@pytest.mark.parametrize("name", QUESTIONS)
def test_without_data_a_question_says_so_and_not_that_nothing_was_found(
    name: str, snapshot: Snapshot, empty: Snapshot
) -> None:
    question = empty.catalogue.question(name)
    answer = ask(question, typical(question, snapshot), empty)
    if not answer and question.inputs:
        assert answer.absent_inputs == tuple(sorted(question.inputs))
        assert no_rows(answer).startswith("No data in ")


def test_every_hostile_string_is_nobody_to_every_door_that_takes_text(snapshot: Snapshot) -> None:
    """All strings through one list, by the hundred; some through every other list and free text.

    `tests/hostile/test_values.py` puts all of them through one free text, one by one.
    """
    asked: list[tuple[Question, str, object]] = []
    for place, question in enumerate(snapshot.catalogue.questions.values()):
        for parameter in question.parameters:
            if parameter.values or question.name in HEAVY:
                continue
            if parameter.type == "varchar":
                asked += [(question, parameter.name, text) for text in STRINGS[place::300]]
            if parameter.type == "varchar[]":
                size = int(parameter.maximum or 100)
                every = 1 if question.name == "hub_keys" else 20
                starts = range(0, len(STRINGS), size * every)
                asked += [(question, parameter.name, STRINGS[at : at + size]) for at in starts]
    nobody: dict[tuple[str, str], object] = {}
    changed = []
    for question, name, value in asked:
        values = typical(question, snapshot)
        key = (question.name, name)
        if key not in nobody:
            absent = {name: ["not there"] if isinstance(value, list) else "not there"}
            nobody[key] = ask(question, values | absent, snapshot).rows
        if ask(question, values | {name: value}, snapshot).rows != nobody[key]:
            changed.append((key, value))
    assert len(asked) > 500
    assert changed == []


def test_most_questions_have_rows_on_the_made_world(snapshot: Snapshot) -> None:
    """Else the comparisons above would compare nothing."""
    questions = snapshot.catalogue.questions.values()
    silent = [found.name for found in questions if not ask(found, typical(found, snapshot), snapshot)]
    assert len(silent) <= len(questions) // 5, silent


def test_the_help_of_every_question_is_whole(snapshot: Snapshot, built_home: Home) -> None:
    runner = CliRunner(env={"SCAUP_HOME": str(built_home.root)})
    for name, question in snapshot.catalogue.questions.items():
        text = runner.invoke(cli, ["ask", name, "--help"], catch_exceptions=False).stdout
        assert question.question and question.empty, f"analyses/{name}.yml says too little"
        assert all(parameter.flag in text and parameter.description for parameter in question.parameters)
        assert all(column.name in text and column.description for column in question.columns)
