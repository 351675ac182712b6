"""How fast every question is, beside the bare query: cold and warm in process, and as a whole process.

    python benchmarks/bench_questions.py [--home HOME] [--runs 5] [--processes 3] [QUESTION …]

    cold   the first time in this process: the question's pages may be in the system's cache, not in DuckDB's
    warm   the median of the further runs, with binding, fetching and what keeps the answer repeatable
    bare   the same SQL on the same open file with its values written in, fetched and thrown away: the floor
    cpu    processor time of a warm run; on a machine that does other work it says more than the clock
    ask    `scaup ask` as a process of its own, from start to exit, printing CSV
    duckdb a process that opens the file with DuckDB alone, runs the bare SQL and fetches: that one's floor

Every question is asked about the subject that has most rows. `scaup triage` is timed for each kind of id.
Run it on an idle machine, or read the column `cpu`: the load stands on the first line.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

from figures import tell

from scaup.errors import ScaupError
from scaup.home import find_home
from scaup.macros import literal, with_arguments
from scaup.parameters import bind
from scaup.project import Parameter, Question
from scaup.questions import ask
from scaup.warehouse import Snapshot, open_snapshot

# Where the value with most rows is found, by the entity that a required parameter names.
MOST = {
    "account": ("account_id", "signals.signal_subjects"),
    "cluster": ("cluster_id", "features.feat_cluster_days"),
    "signal": ("signal_id", "signals.signals"),
    "subject": ("subject_id", "enforcement.risk_scores where subject_type = 'account'"),
    "sender": ("sender_id", "features.feat_copyright_senders"),
    "mcp_server": ("server_id", "features.feat_mcp_versions"),
    "key": ("key_value", "intermediate.int_account_keys where not is_hub and account_count > 1"),
    "hash": ("sha256", "features.feat_hash_matches"),
    "report": ("report_id", "intermediate.int_user_reports where subject_id is not null"),
    "factor": (
        "code",
        "(select unnest(factor_codes) as code from intermediate.int_review_decisions) as codes",
    ),
    "classifier": ("classifier_id", "enforcement.score_outcomes"),
    "vendor": ("vendor_id", "operations.review_work where vendor_id is not null"),
    "model": ("model_version", "features.feat_account_models"),
}
ALONE = """import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(sys.argv[2]).fetchall()"""
TIMES = ("cold", "warm", "bare", "cpu", "ask", "duckdb")
TRIAGED = ("account", "cluster", "report", "key", "hash", "mcp_server", "sender")


def main() -> None:
    """Print one line a question, the slowest last; then triage; then medians and the worst."""
    options = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    options.add_argument("questions", nargs="*")
    options.add_argument("--home", type=Path)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--processes", type=int, default=3)
    chosen = options.parse_args()
    home = find_home(chosen.home)
    snapshot = open_snapshot(home)
    known = snapshot.catalogue.questions
    size = snapshot.warehouse.stat().st_size / 2**20
    print(f"snapshot {snapshot.id}, {size:,.0f} MiB, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'question':<26}{'rows':>7}" + "".join(f"{name:>8}" for name in TIMES) + "  ms")
    lines = []
    names = chosen.questions or sorted(known)
    for number, name in enumerate(names):
        print(f"{number} of {len(names)}: {name}", file=sys.stderr)
        try:
            lines.append(measured(known[name], snapshot, home.root, chosen.runs, chosen.processes))
        except ScaupError as error:
            print(f"{name:<26} failed: {str(error)[:80]}")
    for name, rows, *times in sorted(lines, key=lambda line: float(line[3])):
        print(f"{name:<26}{rows:>7}" + "".join(f"{value:>8.1f}" for value in times))
    for word, pick in (("median", statistics.median), ("worst", max)):
        figures = (pick(float(line[place]) for line in lines) for place in range(2, 8))
        print(f"{word:<33}" + "".join(f"{value:>8.1f}" for value in figures))
    if not chosen.questions:
        for kind in TRIAGED:
            subject = most(snapshot, kind)
            command = [sys.executable, "-m", "scaup", "triage", subject, "--as", kind]
            spent = [timed(command, home.root) for _ in range(max(1, chosen.processes))]
            print(f"triage {kind:<26}{statistics.median(spent):>8.0f}")


@cache
def most(snapshot: Snapshot, entity: str | None) -> str:
    """The id of that entity that has most rows."""
    column, table = MOST[str(entity)]
    sql = f"select {column} from {table} group by all order by count(*) desc, {column} limit 1"  # noqa: S608
    found = snapshot.reader.execute(sql).fetchall()
    return str(found[0][0]) if found else "nobody"


def given_for(parameter: Parameter, snapshot: Snapshot) -> object:
    """A value for a required parameter."""
    if parameter.type in ("bigint", "double"):
        return 10
    if parameter.name == "linked_account_id":  # of the account with most signals, the closest one
        sql = (
            "select linked_account_id from intermediate.int_account_neighbours where account_id = ? "
            "order by link_bits desc, linked_account_id limit 1"
        )
        found = snapshot.reader.execute(sql, [most(snapshot, "account")]).fetchall()
        return str(found[0][0]) if found else "nobody"
    value = most(snapshot, parameter.entity)
    return [value] if parameter.type.endswith("[]") else value


def measured(
    question: Question, snapshot: Snapshot, home: Path, runs: int, processes: int
) -> tuple[str, int, float, float, float, float, float, float]:
    """Name, rows, and milliseconds as in TIMES: all but the first are medians."""
    given = {p.name: given_for(p, snapshot) for p in question.parameters if p.required}
    values = bind(question, given, snapshot.as_of)
    kinds = {parameter.name: parameter.type for parameter in question.parameters}
    sql = with_arguments(
        question.sql, {name: (literal(value, kinds[name]), kinds[name]) for name, value in values.items()}
    )
    cold, answer = clocked(lambda: ask(question, given, snapshot))
    if cold > 20_000:
        runs, processes = 1, 0
    warm, bare, cpu = [], [], []
    for _ in range(runs):
        began = time.process_time()
        warm.append(clocked(lambda: ask(question, given, snapshot))[0])
        cpu.append((time.process_time() - began) * 1000)
        bare.append(clocked(lambda: snapshot.reader.execute(sql).fetchall())[0])
    words = [
        word
        for name, value in given.items()
        for item in (value if isinstance(value, list) else [value])
        for word in (f"--{name.replace('_', '-')}", str(item))
    ]
    command = [sys.executable, "-m", "scaup", "ask", question.name, *words]
    asked = [timed(command, home) for _ in range(processes)] or [0.0]
    alone = [
        timed([sys.executable, "-c", ALONE, str(snapshot.warehouse), sql], home) for _ in range(processes)
    ]
    medians = [statistics.median(times) for times in (warm, bare, cpu, asked, alone or [0.0])]
    for case, runner, floor, place in (("warm", "scaup", "bare", 0), ("process", "scaup ask", "duckdb", 3)):
        if case == "warm" or processes:
            ours, least = medians[place] / 1000, medians[place + 1] / 1000
            spent = medians[2] / 1000 if case == "warm" else None
            tell(f"{question.name}, {case}", runner, "scaup", ours, spent, note=f"cold {cold:,.0f} ms")
            tell(f"{question.name}, {case}", floor, "floor", least)
    return (question.name, answer.row_count, cold, *medians)  # type: ignore[return-value]


def clocked(run):  # type: ignore[no-untyped-def]
    """Milliseconds, and what it returned."""
    started = time.perf_counter()
    result = run()
    return (time.perf_counter() - started) * 1000, result


def timed(command: list[str], home: Path) -> float:
    """Milliseconds from start to end of one process; raises when it fails."""
    started = time.perf_counter()
    subprocess.run(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        env={**os.environ, "SCAUP_HOME": str(home)},
    )
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
