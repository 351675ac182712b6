"""`scaup ask`, `questions`, `sql` and `completion` as a user meets them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_snapshot import publish_tiny

from scaup.cli import cli
from scaup.cli.completion import LINES
from scaup.errors import ScaupError
from scaup.home import Home
from scaup.warehouse import connect

HEAVY = ("dbt", "great_expectations", "pandas", "numpy", "rich", "jinja2", "yaml")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return publish_tiny(tmp_path_factory.mktemp("cli") / "home", notes=["=1+1", "plain"])


def run(home: Home, *words: str, stdin: str | None = None) -> Result:
    """The command in this process; a ScaupError comes out as the result's exception."""
    return CliRunner(env={"SCAUP_HOME": str(home.root), "COLUMNS": "80"}).invoke(
        cli, list(words), input=stdin
    )


def process(home: Home, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "scaup", *words],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "SCAUP_HOME": str(home.root),
            "PYTHONPATH": os.pathsep.join(sys.path),
            **environment,
        },
        check=False,
    )


def test_questions_are_listed_with_a_line_each(home: Home) -> None:
    lines = run(home, "questions").stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["account_activity", "account_notes", "account_picks"]
    assert "day by day" in lines[0]


def test_help_is_made_from_the_declaration(home: Home) -> None:
    text = run(home, "ask", "account_activity", "--help").stdout
    for words in (
        "What did this account do, day by day?",
        "--account-id VARCHAR",
        "[required]",
        "default: -28d",
        "1 to",
        "Shares of few requests are noise.",
        "The account sent no requests in this window.",
        "from ask.account_activity('…')",
        "The day, UTC.",
    ):
        assert words in text, words


def test_rows_go_to_stdout_and_what_is_said_about_them_to_stderr(home: Home) -> None:
    result = run(home, "ask", "account_activity", "--account-id", "acc_1", "--since", "-5d")
    rows = list(csv.DictReader(io.StringIO(result.stdout, newline="")))
    assert [row["activity_date"] for row in rows] == ["2026-05-29"]
    assert "1 row" in result.stderr and "snapshot tiny" in result.stderr and "2026-06-01" in result.stderr


def test_a_value_may_begin_with_a_dash(home: Home) -> None:
    for since in (["--since", "-30d"], ["--since=-30d"]):
        assert run(home, "ask", "account_activity", "--account-id", "-x", *since).exit_code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ask", "acount_activity"], "Did you mean 'account_activity'"),
        (["ask", "account_activity"], "--account-id"),
        (["ask", "account_activity", "--account-id", "a", "--limit", "0"], "cannot be less than 1"),
        (["ask", "account_activity", "--account-id", "a", "--since", "soon"], "-30d"),
        (["ask", "account_picks", "--account-ids", "a", "--surface", "chatt"], "Did you mean 'chat'"),
        (["ask", "--snapshot", "tinny", "account_notes"], "Did you mean 'tiny'"),
        (["ask", "account_notes", "--raw", "--format", "jsonl"], "--raw is about CSV"),
        (["ask", "account_notes", "--out", "x.xyz"], "--format"),
        (["sql"], "Give one statement"),
        (["sql", "select 1", "--memory", "lots"], "--memory"),
        (["sql", "delete from features.notes"], "Exactly one SELECT"),
    ],
)
def test_a_mistake_is_answered_with_the_next_step(home: Home, words: list[str], message: str) -> None:
    result = run(home, *words)
    assert isinstance(result.exception, ScaupError) and message in str(result.exception)


def test_a_surplus_parameter_is_answered_with_the_nearest(home: Home) -> None:
    result = run(home, "ask", "account_activity", "--acount-id", "a")
    assert result.exit_code == 2 and "--account-id" in result.stderr


def test_lists_are_given_by_repeating_the_option(home: Home) -> None:
    result = run(
        home, "ask", "account_picks", "--account-ids", "acc_0", "--account-ids", "acc_2", "--format", "jsonl"
    )
    assert [json.loads(line)["account_id"] for line in result.stdout.splitlines()] == ["acc_0", "acc_2"]


def test_the_format_follows_the_suffix_of_the_file(home: Home, tmp_path: Path) -> None:
    starts = {"csv": b"account_id,note", "jsonl": b'{"account_id"', "html": b"<!doctype", "md": b"| account"}
    for suffix, start in {**starts, "parquet": b"PAR1", "xlsx": b"PK", "json": b'{"question"'}.items():
        path = tmp_path / f"rows.{suffix}"
        result = run(home, "ask", "account_notes", "--out", str(path))
        assert path.read_bytes().startswith(start) and result.stdout == "" and str(path) in result.stderr
    assert sorted(path.name for path in tmp_path.glob(".*")) == []
    with connect() as connection:
        path = tmp_path / "rows.parquet"
        assert connection.execute("select count(*) from read_parquet(?)", [str(path)]).fetchall() == [(2,)]


def test_a_file_that_cannot_be_written_is_said(home: Home, tmp_path: Path) -> None:
    result = run(home, "ask", "account_notes", "--out", str(tmp_path / "nowhere" / "rows.csv"))
    assert isinstance(result.exception, ScaupError) and "cannot be written" in str(result.exception)


def test_guarded_values_and_cuts_are_said(home: Home) -> None:
    guarded = run(home, "ask", "account_notes")
    assert "'=1+1" in guarded.stdout and "1 value got an apostrophe" in guarded.stderr
    assert ",=1+1" not in guarded.stdout
    raw = run(home, "ask", "account_notes", "--raw")
    assert '"=1+1"' in raw.stdout and "apostrophe" not in raw.stderr
    cut = run(home, "ask", "account_activity", "--account-id", "acc_0", "--limit", "2")
    assert "Cut by --limit 2" in cut.stderr


def test_no_rows_are_put_into_words(home: Home) -> None:
    result = run(home, "ask", "account_notes", "--contains", "zzz", "--format", "table")
    assert result.stdout == "" and "No data in logins" in result.stderr


def test_sql_reads_a_file_and_stdin(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "query.sql"
    path.write_text("select 41 + 1 as answer")
    assert run(home, "sql", "--file", str(path)).stdout.split() == ["answer", "42"]
    assert run(home, "sql", "-", stdin="select 43 as answer").stdout.split() == ["answer", "43"]


def test_sql_asks_a_question_through_its_macro(home: Home) -> None:
    through_sql = run(home, "sql", "from ask.account_activity('acc_1')").stdout
    assert through_sql == run(home, "ask", "account_activity", "--account-id", "acc_1").stdout


def test_the_trail_takes_its_purpose_from_the_environment(home: Home) -> None:
    process(home, "sql", "select 1", SCAUP_PURPOSE="case 7")
    lines = [json.loads(line) for line in (home.root / "audit" / "audit.jsonl").read_text().splitlines()]
    assert lines[-2]["purpose"] == "case 7"


def test_reading_imports_nothing_heavy(home: Home) -> None:
    done = process(home, "ask", "account_activity", "--account-id", "acc_1", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0 and "acc" not in done.stdout and "activity_date" in done.stdout
    imported = {
        line.rsplit("|", 1)[1].strip().split(".")[0]
        for line in done.stderr.splitlines()
        if "import time:" in line
    }
    assert "duckdb" in imported and imported.isdisjoint(HEAVY), imported.intersection(HEAVY)


def test_a_message_that_quotes_data_does_not_act_on_the_terminal(home: Home) -> None:
    done = process(home, "sql", "select error('\x1b[2J' || chr(155) || 'x')")
    assert done.returncode == 1 and "\\x1b[2J\\x9bx" in done.stderr and "\x1b" not in done.stderr


@pytest.mark.parametrize("shell", sorted(LINES))
def test_completion_prints_the_line_for_the_shell(shell: str) -> None:
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.stdout == LINES[shell] + "\n"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("scaup ", "questions"),
        ("scaup qu", "questions"),
        ("scaup ask account_a", "account_activity"),
        ("scaup ask account_activity --acc", "--account-id"),
        ("scaup ask account_picks --surface ", "chat"),
        ("scaup ask account_picks --is-odd t", "true"),
        ("scaup ask account_notes --format par", "parquet"),
    ],
)
def test_tab_completes_names_options_and_closed_lists(home: Home, words: str, offered: str) -> None:
    place = len(words.split()) - (not words.endswith(" "))
    done = process(home, _SCAUP_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(place))
    assert f"plain,{offered}" in done.stdout.split()


def test_tab_is_silent_where_there_is_no_snapshot(tmp_path: Path) -> None:
    environment = {"_SCAUP_COMPLETE": "bash_complete", "COMP_WORDS": "scaup ask ", "COMP_CWORD": "2"}
    done = process(Home(tmp_path), **environment)
    assert done.stderr == "" and done.returncode == 0
