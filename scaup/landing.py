"""Landing: a file becomes rows with a number, `source_line`, and their raw text.

Of text files the number is the physical line, cut and counted outside any parser; of Parquet it is
the row. A line without any shape (not UTF-8, not JSON, unclosed quote) is set aside in `misfits`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from pathlib import Path

import duckdb

from scaup.adapters import first_line
from scaup.errors import ScaupError
from scaup.lines import BLOCK_BYTES, Block, CsvRecords, Misfit, Record, blocks
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
class Share:
    """What one file has of a landing: the `rows` whose number is above `after`, and up to the next share.

    `columns` are those of this file, also the ones that cannot be read because they have no name, or one
    of ours; None for a JSON Lines file without one whole object.
    """

    file: RawFile
    after: int
    rows: int
    columns: Mapping[str, str] | None


@dataclass(frozen=True)
class Landed:
    """Rows that can be read, of one file or of several small ones, whose lines are then numbered on.

    `input` yields `source_line` and what a row holds, `raws` yields `source_line` and `raw`.
    `columns` are names → 'text', 'json' or a DuckDB type. `landed` rows and `misfits` are what the
    files have together.
    """

    number: int
    shares: tuple[Share, ...]
    input: str
    raws: str
    columns: dict[str, str]
    landed: int
    misfits: int

    @property
    def format(self) -> str:
        """What the files are; it is one format."""
        return self.shares[0].file.format

    @property
    def name(self) -> str:
        """The file, or the first of them, as a message says it."""
        more = f" (or one of the {len(self.shares) - 1} after it)" if len(self.shares) > 1 else ""
        return f"{self.shares[0].file.path}{more}"


def land(bench: Workbench, number: int, files: Sequence[RawFile], progress: Callable[[int], None]) -> Landed:
    """Make the rows of a file, or of several of one format, readable. CSV files must have one header,
    Parquet files one schema. `progress` is called with the lines or rows read so far.

    Raises UnreadableFile for a damaged file and for one without rows.
    """
    takers = {"parquet": _land_parquet, "csv": _land_csv, "jsonl": _land_jsonl}
    try:
        landed = takers[files[0].format](bench, number, files, progress)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if bench.is_to_blame(error):
            raise
        what = f"{files[0].path} cannot be read as {files[0].format}"
        raise UnreadableFile(f"{what}: {first_line(error)}") from error
    for share in landed.shares:
        if share.rows == 0:
            raise UnreadableFile(f"{share.file.path} has no rows.")
    bench.run(
        "insert into shares select $number, unnest($places), unnest($afters)",
        {
            "number": number,
            "places": list(range(len(landed.shares))),
            "afters": [share.after for share in landed.shares],
        },
    )
    return landed


def json_columns(landed: Landed, names: Iterable[str]) -> str:
    """A relation of a JSON Lines file with the named keys as columns of JSON values."""
    shape = quoted(json.dumps(dict.fromkeys(names, "JSON")))
    return f"({statement('intake/json_values', rows=landed.input, shape=shape)})"


def _land_parquet(
    bench: Workbench, number: int, files: Sequence[RawFile], progress: Callable[[int], None]
) -> Landed:
    file = files[0]
    described = bench.rows(statement("intake/describe", rows=read_parquet(file.path)))
    given = {name: kind for name, kind, *_ in described}
    if "file_row_number" in given:
        raise UnreadableFile(
            f"{file.path} has a column named file_row_number, which is what its reader calls the number of "
            "a row. Rename it."
        )
    columns = {name: kind for name, kind in given.items() if name not in RESERVED}
    paths = [one.path for one in files]
    source = read_parquet(
        *paths,
        options=", file_row_number = true, filename = true" if len(files) > 1 else ", file_row_number = true",
    )
    if len(files) > 1:
        found = bench.rows(
            statement("intake/parquet_files", files=exact_list(*paths)),
            {"paths": [str(one) for one in paths]},
        )
        counts = [rows for _, rows in found]
        if len(counts) != len(files):
            raise DoesNotReconcile(
                f"{len(files)} files from {file.path} on are {len(counts)} to their reader."
            )
        afters = [0, *accumulate(counts)][:-1]
        bench.run(
            f'create temp table landed_{number} as select unnest($paths) as "landed path", '
            'unnest($afters::bigint[]) as "landed after"',
            {"paths": [str(one) for one in paths], "afters": afters},
        )
        source = f'({source} as file_rows inner join landed_{number} on filename = "landed path")'
    else:
        counts, afters = [bench.number(statement("intake/row_count", files=exact_list(file.path)))], [0]
    progress(sum(counts))
    parts = {"rows": source, "names": list(columns), "is_bundle": len(files) > 1}
    shares = zip(files, afters, counts, strict=True)
    return Landed(
        number,
        tuple(Share(one, after, rows, given) for one, after, rows in shares),
        input=f"({statement('intake/parquet_rows', **parts)})",
        raws=f"({statement('intake/parquet_raws', **parts)})",
        columns=columns,
        landed=sum(counts),
        misfits=0,
    )


def _land_jsonl(
    bench: Workbench, number: int, files: Sequence[RawFile], progress: Callable[[int], None]
) -> Landed:
    folder = bench.folder / f"landed-{number}"
    folder.mkdir()
    counts: list[_Counted] = []
    keys: dict[int, set[str]] = {}
    landed = misfits = 0
    for piece, block in enumerate(_pieces(files, counts)):
        _hand_over(bench, content="\n".join(block.lines), first_line=block.first_line)
        bench.run(f"create or replace temp table chunk_lines as {statement('intake/land_lines')}")
        bench.run(
            f"create or replace temp table key_lists as {statement('intake/key_lists')}",
            {"afters": [one.after for one in counts]},
        )
        bench.run(statement("intake/repeated_keys"))
        for after, names in bench.rows("select after, keys from key_lists"):
            if len(set(names)) == len(names):
                keys.setdefault(after, set()).update(names)
        landed += bench.copy(
            "select source_line, raw from chunk_lines where reason is null", folder / f"{piece}.parquet"
        )
        misfits += len(block.misfits) + bench.number(
            "insert into misfits select $number, source_line, reason, raw from chunk_lines "
            "where reason is not null",
            {"number": number},
        )
        _set_aside(bench, number, block.misfits)
        for one in counts:
            if len(keys.get(one.after, ())) > MOST_KEYS:
                told = f"{one.file.path} has more than {MOST_KEYS} different keys"
                raise UnreadableFile(f"{told}: it is not a table.")
        progress(sum(one.lines for one in counts))
    _reconcile(
        f"{files[0].path}{' and those after it' if len(files) > 1 else ''}",
        sum(one.lines for one in counts),
        landed + misfits + sum(one.blank for one in counts),
    )
    shares = tuple(
        Share(
            one.file,
            one.after,
            one.lines - one.blank,
            dict.fromkeys(sorted(keys[one.after]), "json") if one.after in keys else None,
        )
        for one in counts
    )
    columns = dict.fromkeys(sorted({name for names in keys.values() for name in names}), "json")
    source = read_parquet(folder)
    return Landed(number, shares, source, source, columns, landed, misfits)


@dataclass
class _Counted:
    """The lines of a file so far, and how many of them are blank; `after` are those of the files before."""

    file: RawFile
    after: int
    lines: int = 0
    blank: int = 0


def _pieces(files: Sequence[RawFile], counts: list[_Counted]) -> Iterator[Block]:
    """The lines of files, numbered on from file to file, in pieces of about BLOCK_BYTES. Before a piece is
    handed out, its files are in `counts`, with the lines that were read."""
    gathered, size = Block(1, [], []), 0
    for file in files:
        counts.append(_Counted(file, counts[-1].after + counts[-1].lines if counts else 0))
        one = counts[-1]
        for block in blocks(file):
            one.lines += len(block.lines)
            one.blank += sum(not line.strip(" \t\r") for line in block.lines) - len(block.misfits)
            gathered.lines += block.lines
            gathered.misfits += [replace(found, line=one.after + found.line) for found in block.misfits]
            size += sum(map(len, block.lines))
            if size >= BLOCK_BYTES // 2:
                yield gathered
                gathered, size = Block(one.after + one.lines + 1, [], []), 0
    if gathered.lines:
        yield gathered


def _land_csv(
    bench: Workbench, number: int, files: Sequence[RawFile], progress: Callable[[int], None]
) -> Landed:
    folder = bench.folder / f"landed-{number}"
    folder.mkdir()
    header = CsvRecords(files[0]).header
    places = {name: place for place, name in enumerate(header, 1) if name and name not in RESERVED}
    columns = dict.fromkeys(places, "text")
    shares: list[Share] = []
    landed = misfits = 0
    for piece, batch in enumerate(_batches(_records(files, header, shares))):
        good = [row for row in batch if isinstance(row, Record)]
        bad = [row for row in batch if isinstance(row, Misfit)]
        _land_records(bench, good, folder / f"{piece}.parquet")
        _set_aside(bench, number, bad)
        landed, misfits = landed + len(good), misfits + len(bad)
        progress(batch[-1].line)
    if not landed:
        _land_records(bench, [], folder / "0.parquet")
    source = read_parquet(folder)
    rows = f"({statement('intake/csv_rows', rows=source, places=places)})"
    return Landed(number, tuple(shares), rows, source, columns, landed, misfits)


def _records(files: Sequence[RawFile], header: list[str], shares: list[Share]) -> Iterator[Record | Misfit]:
    """The records of files of one header, numbered on from file to file. Each that is at its end is in
    `shares`, with its records counted and its physical lines accounted for."""
    after = 0
    for file in files:
        records = CsvRecords(file)
        if records.header != header:
            raise DoesNotReconcile(f"{file.path} was taken for one with another header. Please report this.")
        _refuse_repeated_names(file, header)
        rows = 0
        for row in records:
            rows += 1
            yield replace(row, line=row.line + after) if after else row
        _reconcile(str(file.path), records.counted, records.spanned + records.blank)
        shares.append(Share(file, after, rows, dict.fromkeys(header, "text")))
        after += records.counted


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


def _batches(records: Iterator[Record | Misfit]) -> Iterator[list[Record | Misfit]]:
    while batch := list(islice(records, BATCH_RECORDS)):
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


def _reconcile(name: str, counted: int, accounted: int) -> None:
    if counted != accounted:
        raise DoesNotReconcile(
            f"{name} has {counted} physical lines, but {accounted} were accounted for. "
            "Nothing was loaded; please report this file's shape."
        )


def _refuse_repeated_names(file: RawFile, names: list[str]) -> None:
    folded = [name.casefold() for name in names]
    repeated = sorted({name for name in names if folded.count(name.casefold()) > 1})
    if repeated:
        raise UnreadableFile(f"{file.path} names columns more than once: {', '.join(map(repr, repeated))}.")
