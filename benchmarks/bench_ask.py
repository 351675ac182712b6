"""How long a question takes, as a whole process and warm in process, beside the bare query.

    python benchmarks/bench_ask.py [--home HOME] [--runs 7] [QUESTION …]

The floor is a Python process that imports duckdb, opens the same file read-only, runs the same SQL with
the values written into it (binding would make bare DuckDB import pandas) and prints the rows. Both are
interleaved and medians are shown, with the load of the machine, since it is shared.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from scaup.home import find_home
from scaup.macros import literal, with_arguments
from scaup.parameters import bind
from scaup.project import Question
from scaup.questions import ask
from scaup.warehouse import Snapshot, open_snapshot

BARE = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True, config={"memory_limit": "2GiB"})
connection.execute("set TimeZone = 'UTC'")
print(connection.execute(sys.stdin.read()).fetchall())
"""
# Where a value for a required parameter is found, by the entity that it names.
KNOWN = {
    "account": "select subject_id from signals.signals where subject_type = 'account' order by 1 limit 1",
    "cluster": "select cluster_id from features.feat_cluster_days order by 1 limit 1",
    "signal": "select signal_id from signals.signals order by 1 limit 1",
    "subject": "select subject_id from enforcement.risk_scores order by 1 limit 1",
}


def main() -> None:
    """Print one line a question, slowest ratio last."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    options.add_argument("questions", nargs="*")
    options.add_argument("--home", type=Path)
    options.add_argument("--runs", type=int, default=7)
    chosen = options.parse_args()
    home = find_home(chosen.home)
    snapshot = open_snapshot(home)
    names = chosen.questions or sorted(snapshot.catalogue.questions)
    size = snapshot.warehouse.stat().st_size / 2**20
    print(f"snapshot {snapshot.id}, {size:,.0f} MiB, {chosen.runs} runs, load {os.getloadavg()[0]:.1f}")
    print(f"{'question':<28}{'rows':>7}{'warm ms':>9}{'bare ms':>9}{'ask ms':>9}{'ratio':>7}")
    lines = [measured(snapshot.catalogue.question(name), snapshot, home.root, chosen.runs) for name in names]
    for name, rows, warm, bare, asked in sorted(lines, key=lambda line: line[4] / line[3]):
        print(f"{name:<28}{rows:>7}{warm:>9.1f}{bare:>9.0f}{asked:>9.0f}{asked / bare:>7.2f}")
    print(
        f"{'median':<28}{'':>7}"
        + "".join(f"{statistics.median(x[i] for x in lines):>9.1f}" for i in (2, 3, 4))
    )


def measured(
    question: Question, snapshot: Snapshot, home: Path, runs: int
) -> tuple[str, int, float, float, float]:
    """Name, rows, and the medians in milliseconds: warm in process, bare process, `scaup ask`."""
    given = {}
    for parameter in question.parameters:
        if parameter.required:
            found = snapshot.reader.execute(KNOWN[str(parameter.entity)]).fetchall()
            given[parameter.name] = str(found[0][0]) if found else "nobody"
    values = bind(question, given, snapshot.as_of)
    kinds = {parameter.name: parameter.type for parameter in question.parameters}
    sql = with_arguments(
        question.sql, {name: (literal(value, kinds[name]), kinds[name]) for name, value in values.items()}
    )
    words = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", value)]
    bare_command = [sys.executable, "-c", BARE, str(snapshot.warehouse)]
    ask_command = [sys.executable, "-m", "scaup", "ask", question.name, *words]
    times: dict[str, list[float]] = {"warm": [], "bare": [], "ask": []}
    for _ in range(runs):
        answer = ask(question, given, snapshot)
        times["warm"].append(answer.elapsed_ms)
        times["bare"].append(timed(bare_command, home, sql))
        times["ask"].append(timed(ask_command, home, ""))
    warm, bare, asked = (statistics.median(times[kind]) for kind in ("warm", "bare", "ask"))
    return question.name, answer.row_count, warm, bare, asked


def timed(command: list[str], home: Path, stdin: str) -> float:
    """Milliseconds from start to end of one process; raises when it fails."""
    started = time.perf_counter()
    subprocess.run(
        command,
        input=stdin,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        env={**os.environ, "SCAUP_HOME": str(home)},
    )
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
