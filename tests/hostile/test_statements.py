"""Statements that should do harm, through `scaup sql`'s own door: none does.

Each runs as a user's would. Afterwards the snapshot's file is what it was, nothing was written, the
secret was not read, no setting changed, and nobody waited much beyond the deadline.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tiny_snapshot import publish_tiny

from scaup.errors import ScaupError
from scaup.home import Home
from scaup.sandbox import Limits, StatementRefused, StatementStopped, run_sql
from scaup.warehouse import open_snapshot

CORPUS = Path(__file__).parent / "data" / "statements.tsv"
SECRET = "the-words-that-must-not-get-out"
DEADLINE = 1.5
MEMORY_MIB = 128


def statements(*kinds: str) -> list[str]:
    """The corpus' statements of these kinds; of all kinds, where none is named."""
    lines = [line for line in CORPUS.read_text().splitlines() if not line.startswith("#")]
    pairs = [line.split("\t", 1) for line in lines]
    return [statement for kind, statement in pairs if not kinds or kind in kinds]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = publish_tiny(tmp_path_factory.mktemp("hostile") / "home", notes=["a note"])
    (home.root / "secret.csv").write_text(f"line\n{SECRET}\n")
    return home


def prepared(statement: str, home: Home) -> str:
    """The statement with this home's paths in it."""
    snapshot = open_snapshot(home)
    places = {"{secret}": home.root / "secret.csv", "{out}": home.root / "out", "{db}": snapshot.warehouse}
    for mark, path in places.items():
        statement = statement.replace(mark, str(path))
    return statement


def state(home: Home) -> dict[str, str]:
    """Every file of the home but the trail, with its hash."""
    return {
        str(path.relative_to(home.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.root.rglob("*"))
        if path.is_file() and path.parent.name != "audit"
    }


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(set(statements())) >= 90


@pytest.mark.parametrize("statement", statements("write", "read", "setting", "outside", "shape"))
def test_a_hostile_statement_does_nothing(statement: str, home: Home) -> None:
    before = state(home)
    started = time.monotonic()
    with pytest.raises(ScaupError) as caught:
        run_sql(prepared(statement, home), open_snapshot(home), Limits(seconds=20), home)
    assert time.monotonic() - started < 21
    assert SECRET not in str(caught.value)
    assert state(home) == before


@pytest.mark.parametrize("statement", statements("time"))
def test_no_statement_outlives_its_deadline(statement: str, home: Home) -> None:
    started = time.monotonic()
    with pytest.raises(StatementStopped):
        run_sql(statement, open_snapshot(home), Limits(seconds=DEADLINE), home)
    assert time.monotonic() - started < DEADLINE + 1


MEASURED = """
import json, resource, sys
from pathlib import Path
from scaup.errors import ScaupError
from scaup.home import Home
from scaup.sandbox import Limits, run_sql
from scaup.warehouse import open_snapshot

home = Home(Path(sys.argv[1]))
ends = []
for statement in json.loads(sys.stdin.read()):
    try:
        run_sql(statement, open_snapshot(home), Limits(seconds=20, memory=f"{sys.argv[2]}MiB"), home)
        ends.append("answered")
    except ScaupError as error:
        ends.append(type(error).__name__)
print(json.dumps([ends, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024]))
"""


def test_no_statement_takes_more_memory_than_its_cap(home: Home) -> None:
    """In a process of its own, so that the largest child that it had is one of these."""
    corpus = statements("memory")
    run = subprocess.run(
        [sys.executable, "-c", MEASURED, str(home.root), str(MEMORY_MIB)],
        input=json.dumps(corpus),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    ends, largest_mib = json.loads(run.stdout)
    assert len(ends) == len(corpus)
    assert set(ends) <= {"StatementStopped", "StatementFailed"}, dict(zip(corpus, ends, strict=True))
    # The cap, the room of 256 MiB that the process itself has, and what it was when it started.
    assert largest_mib < MEMORY_MIB + 256 + 128


def test_a_child_whose_parent_was_killed_ends_at_the_deadline(home: Home) -> None:
    script = MEASURED.replace("seconds=20", "seconds=2")
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(home.root), "512"],
        stdin=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(home.root)},
        text=True,
    )
    assert parent.stdin is not None
    parent.stdin.write(json.dumps(["select count(*) from range(1000000000000)"]))
    parent.stdin.close()
    child = _child_of(parent.pid)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 2 + 1
    while time.monotonic() < until and _is_alive(child):
        time.sleep(0.05)
    assert not _is_alive(child)


def _child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if found := children.read_text().split():
            return int(found[0])
        time.sleep(0.02)
    raise AssertionError("The parent started no child.")


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


LAYER = """
import json, os, sys
from pathlib import Path
from scaup.sandbox_child import close_limits, duckdb
from scaup.warehouse import connect_locked

secret, answered = sys.argv[2], []
SETTINGS = "select name, value from duckdb_settings() order by name"
for statement in json.loads(sys.stdin.read()):
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        connection = connect_locked(Path(sys.argv[1]), memory_limit="256MiB", threads=2)
        before = connection.execute(SETTINGS).fetchall()
        close_limits(2**30, 20)
        try:
            rows = connection.execute(statement).fetchall()
        except (duckdb.Error, MemoryError, RuntimeError):
            rows = None
        try:
            after = connection.execute(SETTINGS).fetchall()
        except duckdb.Error:
            after = before
        told = {"rows": rows is not None, "leaked": secret in repr(rows), "set": [
            name for (name, value), (_, now) in zip(before, after) if value != now
        ]}
        os.write(write, json.dumps(told).encode())
        os._exit(0)
    os.close(write)
    answered.append(json.loads(os.read(read, 65536) or b'{"rows": false, "leaked": false, "set": []}'))
    os.waitpid(child, 0)
print(json.dumps(answered))
"""
OWN_SETTINGS = {"schema", "search_path", "enable_profiling", "profiling_mode"}


def test_without_the_rule_of_one_select_the_locked_file_and_the_kernel_still_hold(home: Home) -> None:
    """The layers below the deny-list, alone: what gets past it writes nothing, reads no file, and at most
    changes a setting of its own process, which ends with it."""
    corpus = statements("write", "read", "setting", "outside")
    before = state(home)
    run = subprocess.run(
        [sys.executable, "-c", LAYER, str(open_snapshot(home).warehouse), SECRET],
        input=json.dumps([prepared(statement, home) for statement in corpus if "sleep" not in statement]),
        capture_output=True,
        text=True,
        check=True,
        cwd=home.root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    told = json.loads(run.stdout)
    assert len(told) > 120
    assert not any(one["leaked"] for one in told)
    changed = {name for one in told for name in one["set"]}
    assert changed <= OWN_SETTINGS, changed
    assert state(home) == before


def test_a_statement_without_end_or_depth_is_refused(home: Home) -> None:
    snapshot = open_snapshot(home)
    for statement in (
        "select 1" + " " * 1_000_001,
        "select " + "(" * 50_000 + "1" + ")" * 50_000,
        "select '\ud800'",
    ):
        with pytest.raises(ScaupError):
            run_sql(statement, snapshot, Limits(seconds=20), home)


def test_a_refusal_names_what_was_refused(home: Home) -> None:
    with pytest.raises(StatementRefused, match="read_csv"):
        run_sql("from read_csv('x')", open_snapshot(home), Limits(), home)
    with pytest.raises(StatementRefused, match="SELECT, DELETE"):
        run_sql("select 1; delete from features.notes", open_snapshot(home), Limits(), home)


def test_what_analysts_do_is_allowed(home: Home) -> None:
    allowed = [
        "with busy as (select * from features.feat_account_days) select count(*) from busy",
        "select * from ask.account_activity('acc_1', since := timestamptz '2026-05-01')",
        "select unnest([1, 2]), range from range(3)",
        "select table_name from duckdb_tables()",
        "select column_name from information_schema.columns",
        "describe features.notes",
        "show all tables",
        "summarize features.feat_account_days",
        "pivot (from features.feat_account_days) on surface in ('chat') using sum(request_count)",
        "select account_id, row_number() over (order by account_id) from features.notes qualify true",
    ]
    snapshot = open_snapshot(home)
    answers = {statement: run_sql(statement, snapshot, Limits(), home).row_count for statement in allowed}
    assert all(answers.values()), answers
