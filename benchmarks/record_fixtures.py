"""Record small fixtures that tell models and questions from what they are with a small defect.

    python benchmarks/record_fixtures.py [--home HOME] [--seconds S] [--again] NAME…

For each model or question named (all without names): keep the recorded rows, record anew what it returns for
them, and search in the rows of the last build of a home (a world s, for instance) for more of them until
every mutant that no unit test notices is noticed, or S seconds of CPU time are over. `--again` only records
anew. Writes tests/mutation/recorded/<name>.json: read the difference before you commit it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "benchmarks")]

import duckdb  # noqa: E402
from expansions import shortened  # noqa: E402
from fixture_parameters import texts_of  # noqa: E402
from fixture_search import Search, first_parameters, trimmed  # noqa: E402
from fixture_values import Given  # noqa: E402
from fixture_worlds import World, columns_read, world_of  # noqa: E402
from mutants import mutants  # noqa: E402
from mutate_sql import excused, noticed_by_tests, planned_alike  # noqa: E402
from recorded import Case, Floor, Subject, Table, read_recording, relation_types, write_recording  # noqa: E402

from scaup.audit import column_types  # noqa: E402
from scaup.home import find_home  # noqa: E402
from scaup.rehearsal import Rehearsal, Stage, Types, rehearsals  # noqa: E402
from scaup.warehouse import connect  # noqa: E402

SAMPLES = (5, 12, 12, 40, 40, 150, 150, 400)  # rows of each relation, until there are
ENOUGH = 3  # that have an answer
SHRINKING = 1.0  # seconds to leave out of them what the answer does not need


def record(
    subject: Subject, types: Types, tests: Sequence[Rehearsal], world: World, seconds: float
) -> tuple[int, int, int]:
    """Search for one subject and write what was found. Returns how many mutants were left for recordings to
    notice, how many of those are noticed, and how many cannot run."""
    left = [m for m in mutants(subject.sql, in_order=subject.question is not None) if not excused(subject, m)]
    left = noticed_by_tests(subject, left, tests, types)
    left = [mutant for mutant in left if not planned_alike(subject, mutant, types)]
    search = Search(subject, types, left)
    try:
        random = Random(subject.name)
        empty = {name: Table(tuple(one), ()) for name, one in columns_read(subject, types).items()}
        recorded = [_whole(case.given, empty, case.parameters) for case in read_recording(subject.path)]
        bases = [_whole(rows_of(test, subject, types), empty, {}) for test in tests]
        bases += [] if recorded else [_sampled(subject, search, world, random, SAMPLES[0])]
        wanted = search.born((recorded or bases)[0].parameters)
        found = search.noticed(recorded, wanted)
        alive = wanted.difference(*(killed for _, killed in found))
        kept = [(trimmed(given), must) for given, must in found]
        if alive:
            answered = 0
            for rows in SAMPLES:
                if answered < ENOUGH:
                    bases.append(_sampled(subject, search, world, random, rows))
                    answered += search.rows(bases[-1]) > 1
            kept = search.cover([*found, *search.find([*recorded, *bases], alive, seconds)])
            share = seconds / 2 / max(1, len(kept))
            kept = [
                (trimmed(given) if given in recorded else search.tidy(given, must, share), must)
                for given, must in kept
            ]
        noticed = set().union(*(must for _, must in kept)) if kept else set()
        for at in sorted(wanted - noticed):
            print(f"           survives: {search.mutants[at].name}")
    finally:
        search.close()
    write_again(subject, types, [given for given, _ in kept])
    return len(wanted), len(noticed), len(search.stillborn)


def _sampled(subject: Subject, search: Search, world: World, random: Random, rows: int) -> Given:
    """Related rows of the world, for a question some of those that its answer there is about; few of them,
    when there are enough for an answer."""
    tables = world.sample(subject, random, rows)
    parameters = first_parameters(subject, tables, search.pools)
    seen = world.answer(subject, parameters) if subject.question else None
    if seen and seen.rows:
        chosen = tuple(random.sample(seen.rows, min(3, len(seen.rows))))
        tables = world.sample(subject, random, rows, Table(seen.columns, chosen), texts_of(parameters))
    return search.shrunk(Given(tables, parameters), SHRINKING)


def rows_of(test: Rehearsal, subject: Subject, types: Types) -> dict[str, Table]:
    """What a unit test gives, as texts, in the columns that the subject reads."""
    columns = columns_read(subject, types)
    with Stage(test, types) as stage:
        return {
            given.relation: _as_texts(stage.connection, given.relation, list(columns[given.relation]))
            for given in test.given
            if given.relation in columns
        }


def _as_texts(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> Table:
    names = ", ".join(f'"{column}"::varchar' for column in columns)
    rows = connection.execute(f"select {names} from {relation}").fetchall()  # noqa: S608
    return Table(tuple(columns), tuple(rows))


def _whole(given: Mapping[str, Table], empty: Mapping[str, Table], parameters: Mapping[str, Any]) -> Given:
    """What is given, with all relations and all columns that can be read: null where nothing was."""
    tables = {}
    for name, one in empty.items():
        table = given.get(name, one)
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        tables[name] = Table(
            one.columns, tuple(tuple(row.get(column) for column in one.columns) for row in rows)
        )
    return Given(tables, parameters)


def write_again(subject: Subject, types: Types, given: Sequence[Given]) -> None:
    """Record what the subject returns now for what is given."""
    cases = []
    with Floor(types) as floor:
        floor.make(subject.reads)
        for one in given:
            floor.give(one.tables)
            cases.append(Case(one.tables, floor.answer(subject, one.parameters), one.parameters))
    write_recording(subject, cases)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args(arguments)
    os.environ["SCAUP_PROJECT"] = str(PROJECT)
    build, known = world_of(find_home(options.home))
    with connect(build.warehouse, read_only=True) as connection:
        types = relation_types(column_types(connection), build.manifest, build.target)
    tests: dict[str, list[Rehearsal]] = {}
    for one in rehearsals(build.manifest):
        tests.setdefault(one.model, []).append(one)
    world = World(build, types)
    for name, subject in known.items():
        if options.names and name not in options.names and name.split(".")[1] not in options.names:
            continue
        started = process_time()
        if options.again:
            cases = read_recording(subject.path)
            write_again(subject, types, [Given(case.given, case.parameters) for case in cases])
            print(f"{name}: {len(cases)} recorded anew", flush=True)
            continue
        # What goes on in rounds has to return for few of them what it is held to.
        subject = replace(subject, sql=shortened(subject.sql))
        wanted, noticed, stillborn = record(subject, types, tests.get(name, ()), world, options.seconds)
        spent = process_time() - started
        print(f"{noticed:>4} of {wanted:>4} left  {stillborn} cannot run {spent:6.1f} s  {name}", flush=True)
    world.close()


if __name__ == "__main__":
    main(sys.argv[1:])
