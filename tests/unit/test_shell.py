"""The shell: what a line is, when it is finished, what Tab offers, and a whole sitting on a terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tiny_snapshot import publish_tiny

from scaup.dialogue import COMMANDS, Settings, changed, command, is_finished, split
from scaup.errors import UsageError
from scaup.home import Home
from scaup.vocabulary import Vocabulary
from scaup.warehouse import open_snapshot


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return publish_tiny(tmp_path_factory.mktemp("shell") / "home", notes=["a\x1b[31mb"])


@pytest.fixture(scope="module")
def vocabulary(home: Home) -> Vocabulary:
    return Vocabulary(open_snapshot(home).catalogue)


@pytest.mark.parametrize(
    ("text", "statements", "rest"),
    [
        ("select 1; select 2;", ["select 1", "select 2"], ""),
        ("select 1; select", ["select 1"], " select"),
        ("select ';'; x", ["select ';'"], " x"),
        ("select 'it''s;'", [], "select 'it''s;'"),
        ('select ";"";";', ['select ";"";"'], ""),
        ("select 1 -- no; not yet\n;", ["select 1 -- no; not yet"], ""),
        ("select /* ; */ 1;", ["select /* ; */ 1"], ""),
        ("select $$;$$, $a$;$$;$a$;", ["select $$;$$, $a$;$$;$a$"], ""),
        ("select 'open;", [], "select 'open;"),
        ("select /* open;", [], "select /* open;"),
        ("select 6 / 2 - 1;", ["select 6 / 2 - 1"], ""),
        (";;", [], ""),
    ],
)
def test_a_semicolon_ends_a_statement_only_outside_of_texts_and_comments(text, statements, rest) -> None:
    assert split(text) == (statements, rest)


def test_enter_sends_what_is_finished_and_continues_what_is_not() -> None:
    for text in (".help", "", "  ", "select 1;", "select 1; -- done", ";"):
        assert is_finished(text), text
    for text in ("select 1", "select ';", "select 1; select"):
        assert not is_finished(text), text


def test_a_command_is_taken_apart_and_an_unknown_one_names_the_nearest() -> None:
    assert command(".ask account_notes --contains 'a b'").words == ("account_notes", "--contains", "a b")
    assert command(".purpose why it's so").words == ("why it's so",)
    assert command(".exit").name == "quit"
    for line, words in [
        (".tabels", "Did you mean 'tables'"),
        (".ask 'open", "a quote is not closed"),
        (".schema", "needs TABLE"),
        (".settings all", "takes nothing"),
    ]:
        with pytest.raises(UsageError, match=words):
            command(line)


def test_limits_are_set_within_their_bounds() -> None:
    settings = changed(Settings(), command(".rows 5"))
    assert changed(settings, command(".seconds 0.5")).limits.seconds == 0.5 and settings.limits.rows == 5
    for line in (".rows 0", ".rows many", ".seconds 9999", ".memory 1KiB", ".mode tabel"):
        with pytest.raises(UsageError):
            changed(settings, command(line))


def offered(vocabulary: Vocabulary, before: str, after: str = "") -> list[str]:
    return [found.text for found in vocabulary.candidates(before, before + after)]


def test_tab_offers_what_can_stand_there(vocabulary: Vocabulary) -> None:
    assert offered(vocabulary, "from feat") == ["features.notes"]
    assert offered(vocabulary, "select 1 from features.n") == ["features.notes"]
    assert "ask.account_activity('')" in offered(vocabulary, "from ask.")
    assert offered(vocabulary, "from ask.account_p") == ["ask.account_picks([''])"]
    assert "group by" in offered(vocabulary, "select 1 gro")
    assert offered(vocabulary, "select 1 where contai") == ["contains"]


def test_tab_offers_nothing_inside_a_text_or_a_comment(vocabulary: Vocabulary) -> None:
    for before in ("select 'fro", 'select "fro', "select 1 -- fro", "select /* fro"):
        assert offered(vocabulary, before) == [], before
    assert offered(vocabulary, "select 'a', fro") == ["from"]


def test_a_snapshots_own_relations_and_columns_are_offered(built_home: Home) -> None:
    vocabulary = Vocabulary(open_snapshot(built_home).catalogue)
    assert "seeds.policies" in offered(vocabulary, "from seeds.")
    assert offered(vocabulary, "select policies.sev", " from seeds.policies") == ["policies.severity"]
    assert offered(vocabulary, "select rules.sev", " from seeds.policies as rules") == ["rules.severity"]
    assert offered(vocabulary, "select sever", " from seeds.policies") == ["severity"]


def sitting(home: Home, text: str) -> subprocess.CompletedProcess[str]:
    """The shell with its input from a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "scaup", "shell", "--purpose", "test"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SCAUP_HOME": str(home.root)},
    )


SITTING = """\
.tables
.schema notes
.questions activity
select 1 as a,
    ';' as b; select 2 as c;
.rows 2
from range(5);
.ask account_notes
.mode jsonl
select note from features.notes;
.settings
"""


def test_from_a_pipe_commands_and_statements_are_done_one_after_the_other(home: Home) -> None:
    done = sitting(home, SITTING)
    assert done.returncode == 0, done.stderr
    for words in (
        "features.notes",
        "account_activity",
        'a,b\n1,";"',
        "c\n2",
        "range\n0\n1\n",
        '"note": "a\\u001b',
    ):
        assert words in done.stdout, words
    assert "Cut by --rows 2" in done.stderr and "\x1b" not in done.stdout + done.stderr
    assert '"purpose": "test"' in (home.root / "audit" / "audit.jsonl").read_text()


def test_what_fails_is_said_and_the_sitting_goes_on(home: Home) -> None:
    done = sitting(home, "drop table x;\n.nothing\n.ask account_notse\nselect 7 as seven")
    assert done.returncode == 1 and "seven\n7\n" in done.stdout
    for words in ("this is: DROP", "No command .nothing", "Did you mean 'account_notes'"):
        assert words in done.stderr


def test_a_file_is_read_and_a_result_written_to_one(home: Home, tmp_path: Path) -> None:
    (tmp_path / "some.sql").write_text("select 1 as one;\nselect 2 as two;\n")
    done = sitting(
        home, f".read {tmp_path}/some.sql\n.out {tmp_path}/rows.jsonl\nselect 3 as three;\nselect 4 as f;"
    )
    assert done.returncode == 0, done.stderr
    assert "one\n1" in done.stdout and "two\n2" in done.stdout and "f\n4" in done.stdout
    assert (tmp_path / "rows.jsonl").read_text() == '{"three": 3}\n'


def test_on_a_terminal_lines_continue_tab_completes_and_history_stays_private(home: Home) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(SCAUP_HOME=str(home.root), TERM="xterm")
        os.execv(sys.executable, [sys.executable, "-m", "scaup", "shell", "--mode", "csv"])

    def until(words: bytes, seconds: float = 20) -> bytes:
        said, end = b"", time.monotonic() + seconds
        while words not in said and time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                said += os.read(terminal, 65536)
        assert words in said, said
        return said

    until(b"scaup>")
    os.write(terminal, b"select 20 as a,\r")
    until(b"...>")
    os.write(terminal, b"22 as b;\r")
    until(b"20,22")
    os.write(terminal, b"select note from features.no\t")
    until(b"tes")
    os.write(terminal, b";\r")
    assert b"\x1b[31m" not in until(b"1 row")
    os.write(terminal, b".quit\r")
    assert os.waitpid(child, 0)[1] == 0
    os.close(terminal)
    history = home.root / "shell_history"
    assert "22 as b" in history.read_text() and history.stat().st_mode & 0o077 == 0


def test_every_command_of_the_help_is_one(home: Home) -> None:
    done = sitting(home, ".help\n")
    assert all(f".{name}" in done.stdout for name in COMMANDS)
