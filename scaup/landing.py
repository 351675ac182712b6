"""Landing: a file becomes rows with a number, `source_line`, and their raw text.

Of text files the number is the physical line, cut and counted outside any parser; of Parquet it is
the row. A line without any shape (not UTF-8, not JSON, unclosed quote) is set aside in `misfits`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb

from scaup.adapters import first_line
from scaup.errors import ScaupError
from scaup.lines import CsvRecords, Misfit, Record, blocks
from scaup.rawfiles import RawFile, UnreadableFile
from scaup.statements import statement
from scaup.warehouse import quoted
from scaup.workbench import Workbench, exact_list, read_parquet

BATCH_RECORDS = 50_000
# A JSON Lines file with more different keys than this is not a table.
MOST_KEYS = 1000
RESERVED = ("source_line", "file_row_number")


class DoesNotReconcile(ScaupError):
    """Rows were lost or gained on the way. The load fails as a whole and changes nothing."""


@dataclass(frozen=True)
class Landed:
    """A file whose rows can be read.

    `input` yields `source_line` and what a row holds, `raws` yields `source_line` and `raw`.
    `columns` are names → 'text', 'json' or a DuckDB type. `landed` rows and `misfits` are what the
    file has; `lines` are its physical lines.
    """

    number: int
    file: RawFile
    input: str
    raws: str
    columns: dict[str, str]
    landed: int
    misfits: int
    lines: int


def land(bench: Workbench, number: int, file: RawFile, progress: Callable[[int], None]) -> Landed:
    """Make a file's rows readable. `progress` is called with the lines or rows read so far.

    Raises UnreadableFile for a damaged file and for one without rows.
    """
    takers = {"parquet": _land_parquet, "csv": _land_csv, "jsonl": _land_jsonl}
    try:
        landed = takers[file.format](bench, number, file, progress)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if bench.is_to_blame(error):
            raise
        raise UnreadableFile(f"{file.path} cannot be read as {file.format}: {first_line(error)}") from error
    if landed.landed + landed.misfits == 0:
        raise UnreadableFile(f"{file.path} has no rows.")
    return landed


def json_columns(landed: Landed, names: Iterable[str]) -> str:
    """A relation of a JSON Lines file with the named keys as columns of JSON values."""
    shape = quoted(json.dumps(dict.fromkeys(names, "JSON")))
    return f"({statement('intake/json_values', rows=landed.input, shape=shape)})"


def _land_parquet(bench: Workbench, number: int, file: RawFile, progress: Callable[[int], None]) -> Landed:
    described = bench.rows(statement("intake/describe", rows=read_parquet(file.path)))
    columns = {name: kind for name, kind, *_ in described if name not in RESERVED}
    source = read_parquet(file.path, options=", file_row_number = true")
    count = bench.number(statement("intake/row_count", files=exact_list(file.path)))
    progress(count)
    return Landed(
        number,
        file,
        input=f"({statement('intake/parquet_rows', rows=source, names=list(columns))})",
        raws=f"({statement('intake/parquet_raws', rows=source, names=list(columns))})",
        columns=columns,
        landed=count,
        misfits=0,
        lines=count,
    )


def _land_jsonl(bench: Workbench, number: int, file: RawFile, progress: Callable[[int], None]) -> Landed:
    folder = bench.folder / f"landed-{number}"
    folder.mkdir()
    keys: dict[str, None] = {}
    landed = misfits = blank = lines = 0
    for piece, block in enumerate(blocks(file)):
        _hand_over(bench, content="\n".join(block.lines), first_line=block.first_line)
        bench.run(f"create or replace temp table chunk_lines as {statement('intake/land_lines')}")
        bench.run("create or replace temp table key_lists as select distinct keys from chunk_lines")
        bench.run(statement("intake/repeated_keys"))
        found = bench.rows("select distinct unnest(keys) as name from key_lists order by name")
        keys.update(dict.fromkeys(name for (name,) in found))
        if len(keys) > MOST_KEYS:
            raise UnreadableFile(f"{file.path} has more than {MOST_KEYS} different keys: it is not a table.")
        landed += bench.copy(
            "select source_line, raw from chunk_lines where reason is null", folder / f"{piece}.parquet"
        )
        misfits += len(block.misfits) + bench.number(
            "insert into misfits select $number, source_line, reason, raw from chunk_lines "
            "where reason is not null",
            {"number": number},
        )
        _set_aside(bench, number, block.misfits)
        blank += sum(not line.strip(" \t\r") for line in block.lines) - len(block.misfits)
        lines += len(block.lines)
        progress(lines)
    _reconcile(file, lines, landed + misfits + blank)
    source = read_parquet(folder)
    return Landed(number, file, source, source, dict.fromkeys(keys, "json"), landed, misfits, lines)


def _land_csv(bench: Workbench, number: int, file: RawFile, progress: Callable[[int], None]) -> Landed:
    folder = bench.folder / f"landed-{number}"
    folder.mkdir()
    records = CsvRecords(file)
    _refuse_repeated_names(file, records.header)
    landed = misfits = 0
    for piece, batch in enumerate(_batches(records)):
        good = [row for row in batch if isinstance(row, Record)]
        bad = [row for row in batch if isinstance(row, Misfit)]
        _land_records(bench, good, folder / f"{piece}.parquet")
        _set_aside(bench, number, bad)
        landed, misfits = landed + len(good), misfits + len(bad)
        progress(records.counted)
    _reconcile(file, records.counted, records.spanned + records.blank)
    if not landed:
        _land_records(bench, [], folder / "0.parquet")
    source = read_parquet(folder)
    places = {name: place for place, name in enumerate(records.header, 1) if name and name not in RESERVED}
    return Landed(
        number,
        file,
        f"({statement('intake/csv_rows', rows=source, places=places)})",
        source,
        dict.fromkeys(places, "text"),
        landed,
        misfits,
        records.counted,
    )


def _land_records(bench: Workbench, records: list[Record], target: Path) -> None:
    """Write records as rows of line, text and fields. Those without quotes are cut in the database."""
    plain = [record for record in records if record.unquoted is None]
    quoted_ones = [record for record in records if record.unquoted is not None]
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    _hand_over(
        bench,
        numbers="\n".join(str(record.line) for record in plain),
        texts="\n".join(record.raw for record in plain),
        encoded="\n".join(encode([str(row.line), row.raw, *row.fields]) for row in quoted_ones),
    )
    written = bench.copy(statement("intake/land_records"), target)
    if written != len(records):
        raise DoesNotReconcile(f"{len(records)} CSV records were handed over, {written} landed.")


def _hand_over(bench: Workbench, **contents: str | int) -> None:
    """Give texts to the database as the one row of the table `chunk`.

    Written to a table first: bound where it is split, a text would be split while the query is planned.
    """
    picked = ", ".join(f"${name} as {name}" for name in contents)
    bench.run(f"create or replace temp table chunk as select {picked}", contents)


def _batches(records: CsvRecords) -> Iterator[list[Record | Misfit]]:
    rows = iter(records)
    while batch := list(islice(rows, BATCH_RECORDS)):
        yield batch


def _set_aside(bench: Workbench, number: int, misfits: list[Misfit]) -> None:
    if misfits:
        bench.run(
            "insert into misfits select $number, unnest($lines), unnest($reasons), unnest($raws)",
            {
                "number": number,
                "lines": [misfit.line for misfit in misfits],
                "reasons": [misfit.reason for misfit in misfits],
                "raws": [misfit.raw for misfit in misfits],
            },
        )


def _reconcile(file: RawFile, counted: int, accounted: int) -> None:
    if counted != accounted:
        raise DoesNotReconcile(
            f"{file.path} has {counted} physical lines, but {accounted} were accounted for. "
            "Nothing was loaded; please report this file's shape."
        )


def _refuse_repeated_names(file: RawFile, names: list[str]) -> None:
    folded = [name.casefold() for name in names]
    repeated = sorted({name for name in names if folded.count(name.casefold()) > 1})
    if repeated:
        raise UnreadableFile(f"{file.path} names columns more than once: {', '.join(map(repr, repeated))}.")
