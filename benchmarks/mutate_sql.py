"""How many small defects in the SQL of the models and questions the suite notices.

    python benchmarks/mutate_sql.py [--home HOME] [--at-most N] [--jobs N] [NAME …]

All models and questions without names; a name may be that of a layer (`features`, `ask`). With `--at-most`,
so many places of each, drawn by chance. Exits 1 below 95 % of any.

What is tried is what dbt compiles on an empty lake, or has compiled for the last build of a home. Each mutant
(tests/mutants.py) runs in process against the unit tests of its model and against the recorded fixtures
(tests/recorded.py), until one notices it: it returns something else, or fails. One that returns what all
expect has survived and is told in words. A mutant that DuckDB refuses before it reads a row is none. What
cannot be noticed is told by `excused`, or by a line in tests/mutation/equivalents.csv.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import perf_counter

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

import duckdb  # noqa: E402
from mutants import Mutant, as_written, mutants  # noqa: E402
from recorded import Case, Floor, Subject, read_recording, relation_types, subjects  # noqa: E402

from scaup import transform  # noqa: E402
from scaup.audit import column_types  # noqa: E402
from scaup.contract import read_contract  # noqa: E402
from scaup.home import Home  # noqa: E402
from scaup.lake import prepare_lake  # noqa: E402
from scaup.rehearsal import Rehearsal, Stage, Types, rehearsals  # noqa: E402
from scaup.warehouse import connect, execute, open_snapshot  # noqa: E402

EQUIVALENTS = PROJECT / "tests" / "mutation" / "equivalents.csv"
WANTED = 0.95
SECONDS = 5.0  # a mutant that runs longer is noticed
REFUSED = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
# What DuckDB would do with the rows it saw when it planned a statement is not to be kept for other rows.
PLANNED_ONCE = "set disabled_optimizers = 'statistics_propagation,compressed_materialization'"
ESTIMATE = re.compile(r'"Estimated Cardinality": "\d+"')
Notices = Callable[[str], bool]


@dataclass(frozen=True)
class Task:
    """One subject and all that is needed to try its mutants."""

    subject: Subject
    types: Types
    tests: tuple[Rehearsal, ...]
    at_most: int | None


@dataclass(frozen=True)
class Score:
    """What became of a subject's mutants. Equivalent ones and those that cannot run are not counted."""

    name: str
    tests: int
    cases: int
    killed: int
    survivors: tuple[Mutant, ...]
    equivalent: int
    refused: int
    left_out: int
    seconds: float

    @property
    def total(self) -> int:
        return self.killed + len(self.survivors)

    @property
    def share(self) -> float:
        """Noticed among those that could be; 1 when there is none."""
        return self.killed / self.total if self.total else 1.0


def compile_project(folder: Path) -> tuple[dict[str, Subject], Types, list[Rehearsal]]:
    """Build every relation empty in a folder, and read what dbt compiled."""
    home = Home(folder)
    prepare_lake(home, read_contract(PROJECT))
    room = home.staging / "room"
    (room / "snapshot").mkdir(parents=True)
    (room / "lake").symlink_to(home.lake)
    workspace = transform.workspace_in(home, PROJECT, room, "2GiB", threads=2)
    steps = (
        ("build", "--full-refresh", "--exclude-resource-type", "test", "unit_test"),
        transform.COMPILE_QUESTIONS,
    )
    done = transform.run(workspace, steps)
    if done.failed:
        sys.exit(f"{done.failed[0].name}: {done.failed[0].message}")
    return _read(done.manifest, workspace.target, workspace.warehouse)


def last_build(home: Home) -> tuple[dict[str, Subject], Types, list[Rehearsal]]:
    """The same, as the last build in a home left it."""
    (path,) = (home.root / "dbt").glob("*/manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    return _read(manifest, path.parent, open_snapshot(home).warehouse)


def _read(
    manifest: Mapping[str, object], target: Path, warehouse: Path
) -> tuple[dict[str, Subject], Types, list[Rehearsal]]:
    with connect(warehouse, read_only=True) as connection:
        types = relation_types(column_types(connection), manifest, target)
    return subjects(manifest, target), types, rehearsals(manifest)


def score(task: Task) -> Score:
    """Try every mutant of a subject, or at most so many."""
    started = perf_counter()
    subject, cases = task.subject, read_recording(task.subject.path)
    killed = equivalent = refused = 0
    survivors = []
    with ExitStack() as stack:
        tries = [_of_test(stack, test, task.types) for test in task.tests]
        tries += [_of_case(stack, case, subject, task.types) for case in cases]
        # What does not hold for the SQL as the parser writes it would notice every mutant.
        held = [notices for notices in tries if not _notices_at_all(notices, as_written(subject.sql))]
        left_out, tries = len(tries) - len(held), held
        for mutant in mutants(subject.sql, task.at_most, subject.question is not None):
            try:
                is_noticed = _first(tries, mutant.sql)
            except REFUSED:
                refused += 1
                continue
            if is_noticed:
                killed += 1
            elif excused(subject, mutant) or planned_alike(subject, mutant, task.types):
                equivalent += 1
            else:
                survivors.append(mutant)
    seconds = perf_counter() - started
    return Score(
        subject.name,
        len(task.tests),
        len(cases),
        killed,
        tuple(survivors),
        equivalent,
        refused,
        left_out,
        seconds,
    )


def noticed_by_tests(
    subject: Subject, chosen: Iterable[Mutant], tests: Sequence[Rehearsal], types: Types
) -> list[Mutant]:
    """The mutants that can run and that no unit test notices."""
    left = []
    with ExitStack() as stack:
        tries = [_of_test(stack, test, types) for test in tests]
        for mutant in chosen:
            try:
                if not _first(tries, mutant.sql):
                    left.append(mutant)
            except REFUSED:
                continue
    return left


def _notices_at_all(notices: Notices, sql: str) -> bool:
    """Whether a statement is noticed, or cannot run."""
    try:
        return notices(sql)
    except REFUSED:
        return True


def _first(tries: list[Notices], sql: str) -> bool:
    """Whether any of them notices, and that one comes first the next time."""
    for place, notices in enumerate(tries):
        if notices(sql):
            tries.insert(0, tries.pop(place))
            return True
    return False


def _of_test(stack: ExitStack, test: Rehearsal, types: Types) -> Notices:
    stage = stack.enter_context(Stage(test, types))
    return lambda sql: _differs(stage.connection, lambda: stage.holds(sql))


def _of_case(stack: ExitStack, case: Case, subject: Subject, types: Types) -> Notices:
    floor = stack.enter_context(Floor(types))
    floor.make(subject.reads)
    floor.give(case.given)
    return lambda sql: _differs(
        floor.connection, lambda: floor.answer(subject, case.parameters, sql) == case.returns
    )


def _differs(connection: duckdb.DuckDBPyConnection, holds: Callable[[], bool]) -> bool:
    timer = threading.Timer(SECONDS, connection.interrupt)
    timer.start()
    try:
        return not holds()
    except REFUSED:
        raise
    except duckdb.Error:
        return True
    finally:
        timer.cancel()


def excused(subject: Subject, mutant: Mutant) -> bool:
    """Whether nobody can notice a mutant: by its place, by a rule, or by a line in equivalents.csv.

    A threshold in the evidence: the macro `evidence` writes it from the set that the condition has, so the
    two cannot differ.
    """
    is_copy = mutant.where.startswith("'threshold', ")
    return bool(mutant.same) or is_copy or (subject.stem, mutant.name) in equivalents()


def planned_alike(subject: Subject, mutant: Mutant, types: Types) -> bool:
    """Whether another kind of join makes no difference: DuckDB plans both the same, whatever the rows (it may
    not look at any). So it is where a later condition drops what only a left join would keep."""
    if not mutant.what.endswith(("join became left", "join became inner")):
        return False
    with Floor(types) as floor:
        floor.make(subject.reads)
        floor.connection.execute(PLANNED_ONCE)
        return _plan(floor, subject.sql) == _plan(floor, mutant.sql)


def _plan(floor: Floor, sql: str) -> str:
    values = dict.fromkeys(re.findall(r"\$(\w+)", sql))
    told = execute(floor.connection, f"explain (format json) {sql}", values).fetchall()
    return ESTIMATE.sub("", str(told[0][1]))


@lru_cache(maxsize=1)
def equivalents() -> dict[tuple[str, str], str]:
    """(model, or question behind `ask.`; mutant) → why no test can notice it."""
    with EQUIVALENTS.open(encoding="utf-8", newline="") as file:
        return {(row["subject"], row["mutant"]): row["reason"] for row in csv.DictReader(file)}


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--at-most", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args(arguments)
    os.environ["SCAUP_PROJECT"] = str(PROJECT)
    started = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        known, types, tests = (
            last_build(Home(options.home)) if options.home else compile_project(Path(folder))
        )
    chosen = [
        subject
        for subject in known.values()
        if not options.names or {subject.name, *subject.name.split(".")} & set(options.names)
    ]
    # Each child gets what its subject needs: not the whole project for each of hundreds.
    # The longest first, so that no core waits at the end for the other.
    chosen.sort(key=lambda subject: -len(subject.sql))
    tasks = [_task(subject, types, tests, options.at_most) for subject in chosen]
    scores = []
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for found in pool.imap_unordered(score, tasks):
            scores.append(found)
            _tell(found)
    killed, total = sum(one.killed for one in scores), sum(one.total for one in scores)
    below = [one.name for one in scores if one.share < WANTED]
    for name in sorted(below):
        print(f"below {WANTED:.0%}: {name}")
    summary = {
        "mutants": total,
        "killed": killed,
        "share": round(killed / total, 4) if total else 1.0,
        "equivalent": sum(one.equivalent for one in scores),
        "cannot_run": sum(one.refused for one in scores),
        "subjects": len(scores),
        "subjects_below": len(below),
        "at_most_each": options.at_most,
        "seconds": round(perf_counter() - started),
    }
    print(json.dumps(summary))
    sys.exit(1 if below else 0)


def _task(subject: Subject, types: Types, tests: Sequence[Rehearsal], at_most: int | None) -> Task:
    own = tuple(test for test in tests if test.model == subject.name)
    named = {subject.name, *subject.reads, *(given.relation for test in own for given in test.given)}
    needed = {relation: types[relation] for relation in sorted(named) if relation in types}
    return Task(subject, needed, own, at_most)


def _tell(found: Score) -> None:
    print(
        f"{found.share:7.1%}  {found.killed:>4} of {found.total:>4}  {found.tests:>2} tests {found.cases:>2} "
        f"recorded  {found.seconds:5.1f} s  {found.name}"
        + (f"  ({found.equivalent} equivalent)" if found.equivalent else "")
        + (f"  ({found.left_out} left out: not so as sqlglot writes it)" if found.left_out else ""),
        flush=True,
    )
    for mutant in found.survivors:
        print(f"           survives: {mutant.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
