"""Shelving: the accepted rows of a table go to the lake's files, each row once, by day, in order.

A file is named for its first day, `day=2026-03-01`. Days of few rows in a row share one, where the rows of a
load's table are written in one go: to open a file for every day of a year costs more than to read the rows
that a small one has of other days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from scaup.contract import Table
from scaup.judging import Judged
from scaup.landing import DoesNotReconcile
from scaup.statements import statement
from scaup.workbench import Workbench, exact_list, read_parquet

# A file is read once for every day in it while that costs at most this many reads; beyond that its
# rows are first laid out by day.
MOST_READS = 8
COMPRESSION = "format parquet, compression zstd"
# Up to this many values (rows times columns) a table's days are sorted and written in one go: one thread,
# but one statement instead of one a day.
MOST_AT_ONCE = 15_000_000
ROWS = 100_000  # a day that has fewer shares its file with others
RECORDED = ("recorded_at", "source_system")


@dataclass(frozen=True)
class Part:
    """Rows of one file for a shelf: all of them, or those of one day."""

    file_no: int
    rows: str
    has_dropped_rows: bool
    day: date | None = None

    @property
    def next_day(self) -> date | None:
        return self.day + timedelta(days=1) if self.day else None


def settle_identities(bench: Workbench, table: Table, judged: Sequence[Judged], lake: Sequence[Path]) -> None:
    """Let each identity stand once, in this load and in the lake.

    A row that says again what is known is dropped and counted as repeated; one that says otherwise
    is quarantined. The lake's row stands before the load's, and an earlier line before a later one.
    """
    known = read_parquet(*lake) if lake else ""
    bench.run(
        "create or replace temp table contested as "
        + statement("intake/contested", table=table.name, identity=table.identity, lake=known)
    )
    if not bench.number("select count(*) from contested"):
        return
    involved = {number for (number,) in bench.rows(statement("intake/contested_files", table=table.name))}
    content = [c.name for c in table.columns if c.name not in (*table.identity, *RECORDED)]
    bench.run(
        "create or replace temp table contenders as "
        + statement(
            "intake/contenders",
            table=table.name,
            parts=[Part(j.file.number, j.rows, False) for j in judged if j.file.number in involved],
            identity=table.identity,
            content=content or table.identity,
            columns=[column.name for column in table.columns],
            lake=known,
        )
    )
    bench.run("create or replace temp table fates as " + statement("intake/fates"))
    bench.run(statement("intake/drop_fated", table=table.name))
    by_number = {one.file.number: one for one in judged}
    contradicting: dict[int, Judged] = {}
    for number, place, is_repeated, count in bench.rows(statement("intake/fate_counts")):
        tally = by_number[number].tallies[place]
        if is_repeated:
            tally.repeated += count
        else:
            tally.contradicting += count
            contradicting[number] = by_number[number]
    what = "key" if table.kind == "event" else "key and recorded_at"
    for number, one in sorted(contradicting.items()):
        bench.run(
            statement("intake/quarantine_contradicting", raws=one.file.raws),
            {"number": number, "table": table.name, "reason": f"{what} already loaded with other content"},
        )


def shelve(
    bench: Workbench,
    table: Table,
    judged: Sequence[Judged],
    folder: Path,
    progress: Callable[[int, int], None],
) -> int:
    """Write a table's rows below `folder`; returns how many. `progress` gets days done and in all."""
    expected = sum(one.stored for one in judged)
    if not expected:
        return 0
    if table.partition and expected * len(table.columns) <= MOST_AT_ONCE:
        stored = _shelve_days_at_once(bench, table, judged, folder / table.name)
    else:
        stored = _shelve_one_by_one(bench, table, judged, folder / table.name, progress)
    if stored != expected:
        raise DoesNotReconcile(f"{table.name}: {expected} rows were accepted as new, {stored} were written.")
    return stored


def _shelve_days_at_once(bench: Workbench, table: Table, judged: Sequence[Judged], folder: Path) -> int:
    # One thread writes each day's rows in the order in which they come.
    bench.run("set threads = 1; set preserve_insertion_order = true")
    bench.run(statement("intake/shelf_days", table=table.name, rows=ROWS))
    query = statement(
        "intake/shelf",
        table=table.name,
        columns=[column.name for column in table.columns],
        parts=_whole(bench, table, judged),
        partition=table.partition,
        is_by_day=True,
        order=_order(table),
    )
    layout = "partition_by (shelf_day), filename_pattern 'part-{i}'"
    bench.copy(query, folder, options=f"{COMPRESSION}, {layout}")
    bench.run("reset threads; set preserve_insertion_order = false")
    for day in sorted(folder.glob("shelf_day=*")):
        day.rename(day.with_name(day.name.removeprefix("shelf_")))
    return bench.number(statement("intake/row_count", files=exact_list(*sorted(folder.rglob("*.parquet")))))


def _order(table: Table) -> list[str]:
    return list(dict.fromkeys((*table.cluster_by, *table.identity)))


def _shelve_one_by_one(
    bench: Workbench,
    table: Table,
    judged: Sequence[Judged],
    folder: Path,
    progress: Callable[[int, int], None],
) -> int:
    shelves = _by_day(bench, table, judged) if table.partition else {None: _whole(bench, table, judged)}
    stored = 0
    for done, (day, parts) in enumerate(sorted(shelves.items(), key=lambda item: str(item[0]))):
        progress(done, len(shelves))
        target = folder / (f"day={day}/part-0.parquet" if day else "part-0.parquet")
        target.parent.mkdir(parents=True)
        query = statement(
            "intake/shelf",
            table=table.name,
            columns=[column.name for column in table.columns],
            parts=parts,
            partition=table.partition,
            partition_type=table.column(table.partition).type if table.partition else "",
            is_by_day=False,
            order=_order(table),
        )
        bench.copy(query, target, options=COMPRESSION)
        stored += bench.number(statement("intake/row_count", files=exact_list(target)))
    return stored


def _whole(bench: Workbench, table: Table, judged: Sequence[Judged]) -> list[Part]:
    dropped = _files_with_dropped_rows(bench, table)
    return [Part(one.file.number, one.rows, one.file.number in dropped) for one in judged]


def _by_day(bench: Workbench, table: Table, judged: Sequence[Judged]) -> dict[date | None, list[Part]]:
    dropped = _files_with_dropped_rows(bench, table)
    days: dict[int, list[date]] = defaultdict(list)
    for number, day in bench.rows(statement("intake/days", table=table.name)):
        days[number].append(day)
    reads = dict(bench.rows(statement("intake/reads_by_day", table=table.name)))
    shelves: dict[date | None, list[Part]] = defaultdict(list)
    for one in judged:
        number = one.file.number
        part = Part(number, one.rows, number in dropped)
        if len(days[number]) == 1:
            shelves[days[number][0]].append(part)
        elif one.is_prunable and reads.get(number, 0) <= MOST_READS:
            for day in days[number]:
                shelves[day].append(replace(part, day=day))
        else:
            for day in days[number]:
                shelves[day].append(Part(number, _laid_out(bench, table, part, day), False))
    return shelves


def _laid_out(bench: Workbench, table: Table, part: Part, day: date) -> str:
    """The rows of one day of a file whose days are mixed, from a copy that is laid out by day."""
    folder = bench.folder / f"by-day-{part.file_no}-{table.name}"
    if not folder.exists():
        query = statement("intake/by_day", table=table.name, part=part, partition=table.partition)
        bench.copy(query, folder, options="format parquet, partition_by (shelf_day)")
    return read_parquet(folder / f"shelf_day={day}")


def _files_with_dropped_rows(bench: Workbench, table: Table) -> set[int]:
    return {number for (number,) in bench.rows(statement("intake/dropped_files", table=table.name))}
