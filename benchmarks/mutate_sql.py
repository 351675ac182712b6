"""How many small defects in the models' SQL the models' unit tests notice.

    python benchmarks/mutate_sql.py [--at-most N] [--jobs N] [MODEL …]

All models without names; with `--at-most`, so many places of each, drawn by chance. Exits 1 below 95 %.
Each model is compiled by dbt on an empty lake; every mutant (tests/mutants.py) is run against every unit
test of the model, in process. A mutant that returns what the tests expect has survived and is told in
words. tests/mutation/equivalents.csv lists those that cannot be noticed, with the reason.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

import duckdb  # noqa: E402
from mutants import Mutant, as_written, mutants  # noqa: E402

from scaup import transform  # noqa: E402
from scaup.audit import column_types  # noqa: E402
from scaup.contract import read_contract  # noqa: E402
from scaup.home import Home  # noqa: E402
from scaup.lake import prepare_lake  # noqa: E402
from scaup.rehearsal import Rehearsal, Stage, Types, compiled_sql, rehearsals  # noqa: E402
from scaup.warehouse import connect  # noqa: E402

EQUIVALENTS = PROJECT / "tests" / "mutation" / "equivalents.csv"
WANTED = 0.95
SECONDS = 5.0  # a mutant that runs longer is noticed


@dataclass(frozen=True)
class Score:
    """What became of a model's mutants. `equivalent` are not counted."""

    model: str
    tests: int
    killed: int
    survivors: tuple[Mutant, ...]
    equivalent: int
    seconds: float

    @property
    def share(self) -> float:
        """Noticed among those that could be; 1 when there is none."""
        total = self.killed + len(self.survivors)
        return self.killed / total if total else 1.0


@dataclass(frozen=True)
class Compiled:
    """The project, compiled on an empty lake: SQL by model, and every relation's types."""

    sql: Mapping[str, str]
    types: Types
    tests: Mapping[str, Sequence[Rehearsal]]


def compile_project(folder: Path) -> Compiled:
    """Build every relation empty in a folder, and read what dbt compiled."""
    home = Home(folder)
    prepare_lake(home, read_contract(PROJECT))
    room = home.staging / "room"
    (room / "snapshot").mkdir(parents=True)
    (room / "lake").symlink_to(home.lake)
    workspace = transform.workspace_in(home, PROJECT, room, "2GiB", threads=2)
    done = transform.run(
        workspace, (("build", "--full-refresh", "--exclude-resource-type", "test", "unit_test"),)
    )
    if done.failed:
        sys.exit(f"{done.failed[0].name}: {done.failed[0].message}")
    with connect(workspace.warehouse, read_only=True) as connection:
        types = dict(column_types(connection))
    for table in read_contract(PROJECT).tables:
        types[f"raw.{table.name}"] = {column.name: column.type for column in table.columns}
    nodes = [node for node in done.manifest["nodes"].values() if node["resource_type"] == "model"]
    sql = {f"{n['schema']}.{n['name']}": compiled_sql(workspace.target, n) or "" for n in nodes}
    tests: dict[str, list[Rehearsal]] = {}
    for one in rehearsals(done.manifest):
        tests.setdefault(one.model, []).append(one)
    return Compiled(sql, types, tests)


def score(
    model: str, compiled: Compiled, equivalents: Mapping[tuple[str, str], str], at_most: int | None = None
) -> Score:
    """Try every mutant of a model, or at most so many, on its unit tests."""
    started = perf_counter()
    tests = compiled.tests.get(model, ())
    stages = [Stage(test, compiled.types) for test in tests]
    try:
        sql = compiled.sql[model]
        for test, stage in zip(tests, stages, strict=True):
            if not stage.holds(as_written(sql)):
                raise SystemExit(f"{model}: {test.name} does not hold as sqlglot writes the model")
        killed = equivalent = 0
        survivors = []
        for mutant in mutants(sql, at_most):
            if any(_notices(stage, mutant.sql) for stage in stages):
                killed += 1
            elif (model.split(".")[1], mutant.name) in equivalents or _is_copy(mutant):
                equivalent += 1
            else:
                survivors.append(mutant)
    finally:
        for stage in stages:
            stage.connection.close()
    return Score(model, len(tests), killed, tuple(survivors), equivalent, perf_counter() - started)


def _is_copy(mutant: Mutant) -> bool:
    """A threshold in the evidence: the macro `evidence` writes it from the set that the condition has, so
    the two cannot differ."""
    return mutant.where.startswith("'threshold', ")


def _notices(stage: Stage, sql: str) -> bool:
    timer = threading.Timer(SECONDS, stage.connection.interrupt)
    timer.start()
    try:
        return not stage.holds(sql)
    except duckdb.Error:
        return True
    finally:
        timer.cancel()


def read_equivalents() -> dict[tuple[str, str], str]:
    """(model, mutant) → why no test can notice it."""
    with EQUIVALENTS.open(encoding="utf-8", newline="") as file:
        return {(row["model"], row["mutant"]): row["reason"] for row in csv.DictReader(file)}


def _score_in_child(task: tuple[str, Compiled, Mapping[tuple[str, str], str], int | None]) -> Score:
    return score(*task)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--at-most", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("models", nargs="*")
    options = parser.parse_args(arguments)
    os.environ["SCAUP_PROJECT"] = str(PROJECT)
    with tempfile.TemporaryDirectory() as folder:
        compiled = compile_project(Path(folder))
    chosen = [m for m in sorted(compiled.sql) if not options.models or m.split(".")[1] in options.models]
    chosen = [model for model in chosen if not model.startswith("staging.") or compiled.tests.get(model)]
    equivalents = read_equivalents()
    scores = []
    # Each child gets what its model needs: not the whole project for each of two hundred.
    tasks = [(model, _only(compiled, model), equivalents, options.at_most) for model in chosen]
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for found in pool.imap(_score_in_child, tasks):
            scores.append(found)
            total = found.killed + len(found.survivors)
            print(
                f"{found.share:7.1%}  {found.killed:>4} of {total:>4}  {found.tests:>2} tests  "
                f"{found.seconds:5.1f} s  {found.model}"
                + (f"  ({found.equivalent} equivalent)" if found.equivalent else ""),
                flush=True,
            )
            for mutant in found.survivors:
                print(f"           survives: {mutant.name}")
    killed = sum(one.killed for one in scores)
    total = killed + sum(len(one.survivors) for one in scores)
    below = [one.model for one in scores if one.share < WANTED]
    summary = {
        "mutants": total,
        "killed": killed,
        "share": round(killed / total, 4) if total else 1.0,
        "equivalent": sum(one.equivalent for one in scores),
        "models": len(scores),
        "models_below": len(below),
        "at_most_a_model": options.at_most,
    }
    print(json.dumps(summary))
    sys.exit(1 if below else 0)


def _only(compiled: Compiled, model: str) -> Compiled:
    """What of a compiled project one model's tests need."""
    tests = compiled.tests.get(model, ())
    named = {model, *(given.relation for test in tests for given in test.given)}
    types = {relation: compiled.types[relation] for relation in named if relation in compiled.types}
    return Compiled({model: compiled.sql[model]}, types, {model: tests})


if __name__ == "__main__":
    main(sys.argv[1:])
