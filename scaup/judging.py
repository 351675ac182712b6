"""Judging: each landed row either becomes a typed row of a table, or is quarantined with one reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from scaup.adapters import AdaptedTable, BrokenAdapter, first_line
from scaup.contract import Table
from scaup.landing import RESERVED, DoesNotReconcile, Landed, Share, json_columns
from scaup.rawfiles import UnreadableFile
from scaup.rules import Fit, Rule, fit, rules_of
from scaup.statements import statement
from scaup.workbench import Workbench, read_parquet

# How far a provider's clock may be ahead of ours. One row from the year 9999 would be what a snapshot takes
# for now, and every question about the last weeks would find nothing.
AHEAD = timedelta(days=1)
# Where most rows are ahead it is our clock that is wrong, and only what no clock shows is set aside.
NEVER_AFTER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass
class Tally:
    """What became of one file's rows for one table, and what a user should know of its columns."""

    read: int
    rejected: int
    remarks: tuple[str, ...]
    repeated: int = 0
    contradicting: int = 0

    @property
    def accepted(self) -> int:
        return self.read - self.rejected - self.contradicting


@dataclass
class Judged:
    """The rows of one landing for one table, with a tally for each of its files. `rows` yields the accepted
    ones, typed, and others that are listed in `dropped_<table>`. `is_prunable` = a filter on the partition
    reaches the file."""

    file: Landed
    table: Table
    rows: str
    is_prunable: bool
    tallies: list[Tally]

    @property
    def stored(self) -> int:
        """The rows that the lake does not have yet."""
        return sum(one.accepted - one.repeated for one in self.tallies)


def judge_file(
    bench: Workbench, landed: Landed, feeds: list[tuple[Table, AdaptedTable | None]]
) -> list[Judged]:
    """Judge a file's rows for each table that it feeds.

    Raises UnreadableFile when the file lacks a column that has to be there, BrokenAdapter when an
    adapter's select does not do what it has to.
    """
    # Where no table takes every row, what all of them left out counts for the first.
    whole = [adapted is None or adapted.rows == "every" for _, adapted in feeds]
    if not any(whole):
        bench.run("create or replace temp table taken (source_line bigint)")
    judged = []
    for place, (table, adapted) in enumerate(feeds):
        is_charged = whole[place] or (place == 0 and not any(whole))
        judged.append(_judge(bench, landed, table, adapted, is_charged))
        if adapted and whole[place]:
            _charge_left_out(bench, judged[-1], "verdicts")
        elif not any(whole):
            bench.run("insert into taken select source_line from verdicts")
    if not any(whole):
        _charge_left_out(bench, judged[0], "taken")
    return judged


def _judge(
    bench: Workbench, landed: Landed, table: Table, adapted: AdaptedTable | None, is_charged: bool
) -> Judged:
    source, given = _input(bench, landed, table, adapted)
    fitted = fit(table, given)
    # A JSON Lines file without one whole object has no columns to miss: its lines are all misfits.
    fits = [fitted if adapted else fit(table, share.columns or {}) for share in landed.shares]
    for share, own in zip(landed.shares, fits, strict=True):
        if own.missing and share.columns is not None:
            raise _misses_columns(share, table, adapted, own)
    latest = datetime.now(UTC) + AHEAD
    rules, rows, is_prunable = _give_verdicts(bench, landed, table, adapted, source, fitted, latest)
    doubts: tuple[str, ...] = ()
    if 2 * _in_the_future(bench, rules) > landed.landed:
        rules, rows, is_prunable = _give_verdicts(bench, landed, table, adapted, source, fitted, NEVER_AFTER)
        doubts = (f"most of its rows are of a time after {latest:%Y-%m-%d %H:%M} UTC: is this clock right",)
    read = bench.number("select count(*) from verdicts")
    if adapted:
        _refuse_multiplied(bench, landed, adapted)
    elif read != landed.landed:
        raise DoesNotReconcile(f"{landed.name}: {landed.landed} rows landed, {read} were judged.")
    rejected = _quarantine_misfits(bench, landed, table, rules)
    if is_charged:
        read += landed.misfits
        rejected += bench.number(
            "insert into quarantined select file_no, $table, source_line, reason, null, raw from misfits "
            "where file_no = $number",
            {"number": landed.number, "table": table.name},
        )
    for name in ("accepted", "dropped"):
        bench.run(statement(f"intake/{name}", table=table.name), {"number": landed.number})
    counts = [(read, rejected)] if len(landed.shares) == 1 else _by_file(bench, landed, read, rejected)
    tallies = [
        Tally(*count, (*own.remarks(), *doubts) if share.columns is not None else ())
        for count, share, own in zip(counts, landed.shares, fits, strict=True)
    ]
    return Judged(landed, table, rows, is_prunable, tallies)


def _give_verdicts(
    bench: Workbench,
    landed: Landed,
    table: Table,
    adapted: AdaptedTable | None,
    source: str,
    fitted: Fit,
    latest: datetime,
) -> tuple[list[Rule], str, bool]:
    """Fill `verdicts`. The rules that its numbers are of, the typed rows, and whether these can be pruned."""
    rules = rules_of(table, fitted.columns, latest)
    checked = f"({statement('intake/checked', input=source, columns=fitted.columns, rules=rules)})"
    rows = f"({statement('intake/typed', input=source, columns=fitted.columns)})"
    readings = {column.name: column.reading for column in fitted.columns}
    is_prunable = table.partition is not None and readings[table.partition] == "same"
    try:
        if landed.format != "parquet" or adapted:
            target = bench.folder / f"judged-{landed.number}-{table.name}.parquet"
            bench.copy(f"from {checked}", target)
            checked = rows = read_parquet(target)
            is_prunable = True
        bench.run(
            statement("intake/verdicts", checked=checked, identity=table.identity, partition=table.partition)
        )
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if bench.is_to_blame(error):
            raise
        if adapted:
            raise BrokenAdapter(f"{adapted.path} fails on {landed.name}: {first_line(error)}") from error
        culprit = _unreadable(bench, landed) or landed.name
        raise UnreadableFile(f"{culprit} cannot be read: {first_line(error)}") from error
    return rules, rows, is_prunable


def _unreadable(bench: Workbench, landed: Landed) -> str | None:
    """The first of several Parquet files that cannot be read to its end: DuckDB does not always name it."""
    for share in landed.shares if landed.format == "parquet" else ():
        try:
            bench.run(statement("intake/all_values", rows=read_parquet(share.file.path)))
        except duckdb.Error:
            return str(share.file.path)
    return None


def _in_the_future(bench: Workbench, rules: list[Rule]) -> int:
    """How many rows are set aside because they are of a time that has not come."""
    places = [place for place, rule in enumerate(rules, 1) if rule.kind == "future"]
    return bench.number(
        "select count(*) from verdicts where list_contains($places::smallint[], misfit)", {"places": places}
    )


def _by_file(bench: Workbench, landed: Landed, read: int, rejected: int) -> list[tuple[int, int]]:
    """What was read and rejected of each file of a landing; held against the files' own lines."""
    found = bench.rows(statement("intake/share_counts"), {"number": landed.number})
    counts = [(rows, misfits) for _, rows, misfits in found]
    if [rows for rows, _ in counts] != [share.rows for share in landed.shares] or (read, rejected) != (
        sum(rows for rows, _ in counts),
        sum(misfits for _, misfits in counts),
    ):
        raise DoesNotReconcile(f"{landed.name}: rows are not accounted for. Nothing was loaded; report this.")
    return counts


def _input(
    bench: Workbench, landed: Landed, table: Table, adapted: AdaptedTable | None
) -> tuple[str, dict[str, str]]:
    """The relation to judge, and the columns that it gives."""
    is_json = landed.format == "jsonl"
    if not adapted:
        wanted = [column.name for column in table.columns if column.name in landed.columns]
        return (json_columns(landed, wanted) if is_json and wanted else landed.input), landed.columns
    source = landed.input
    names = [name for name in landed.columns if name not in RESERVED]
    if is_json and names:
        source = f"({statement('intake/json_texts', rows=json_columns(landed, names), names=names)})"
    try:
        bench.run(statement("intake/adapter_input", rows=source))
        described = bench.rows(statement("intake/describe", rows=f"(\n{adapted.sql}\n)"))
    except duckdb.Error as error:
        if bench.is_to_blame(error):
            raise
        raise BrokenAdapter(f"{adapted.path} does not fit {landed.name}: {first_line(error)}") from error
    columns = {name: kind for name, kind, *_ in described}
    if columns.pop("source_line", None) is None:
        raise BrokenAdapter(f"{adapted.path} has to pass on source_line.")
    return f"(\n{adapted.sql}\n)", columns


def _misses_columns(
    share: Share, table: Table, adapted: AdaptedTable | None, fitted: Fit
) -> UnreadableFile | BrokenAdapter:
    if adapted:
        return BrokenAdapter(f"{adapted.path} does not make rows of {table.name}. {fitted.complaint()}")
    separators = {";": "semicolons", "\t": "tabs", "|": "bars"}
    columns = share.columns or {}
    only = next(iter(columns), "") if len(columns) == 1 else ""
    found = next((said for mark, said in separators.items() if mark in only), "")
    hint = f" It looks separated by {found}, not commas." if found else ""
    return UnreadableFile(
        f"{share.file.path} cannot be read as {table.name}. {fitted.complaint()}{hint} "
        "Where a provider's columns differ, an adapter says how."
    )


def _refuse_multiplied(bench: Workbench, landed: Landed, adapted: AdaptedTable) -> None:
    [(made, lines, unknown)] = bench.rows(statement("intake/adapted_lines", input=landed.input))
    if made != lines or unknown:
        raise BrokenAdapter(
            f"{adapted.path} makes {made} rows of {lines} lines of {landed.name}, {unknown} of them "
            "unknown. It has to make at most one row of each line."
        )


def _quarantine_misfits(bench: Workbench, landed: Landed, table: Table, rules: list[Rule]) -> int:
    if not bench.number("select count(misfit) from verdicts"):
        return 0
    return bench.number(
        statement("intake/quarantine_misfits", raws=landed.raws),
        {
            "number": landed.number,
            "table": table.name,
            "reasons": [rule.reason for rule in rules],
            "columns": [rule.column for rule in rules],
        },
    )


def _charge_left_out(bench: Workbench, judged: Judged, taken: str) -> None:
    """Quarantine the rows that an adapter took for no table, and count them as read."""
    landed = judged.file
    if bench.number(statement("intake/line_count", rows=taken)) == landed.landed:
        return
    count = bench.number(
        statement("intake/quarantine_left_out", input=landed.input, raws=landed.raws, taken=taken),
        {"number": landed.number, "table": judged.table.name},
    )
    (tally,) = judged.tallies  # what an adapter reads is landed file by file
    tally.read += count
    tally.rejected += count
