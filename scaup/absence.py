"""Proof of absence: a search for texts through everything that a home holds.

Parquet files, those in packages included, and databases are searched by value, column by column; other
files, archives' members included, by bytes. A made world's raw files are not searched: they are no
provider's data.
"""

from __future__ import annotations

import gzip
import re
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import duckdb

from scaup.home import Home
from scaup.rawfiles import GZIP
from scaup.statements import statement
from scaup.warehouse import connect, execute, identifier
from scaup.workbench import read_parquet

NOT_SEARCHED = ("worlds", "spill")
CHUNK = 1 << 20


@dataclass(frozen=True)
class Found:
    """A place that still holds one of the texts. `count` is in rows of a column, or 1 for a file."""

    path: str
    where: str
    count: int


@dataclass(frozen=True)
class Search:
    """What was searched and what was found; `unread` are files that could not be opened."""

    files: int
    columns: int
    found: tuple[Found, ...]
    unread: tuple[str, ...]

    @property
    def is_absent(self) -> bool:
        """True when everything could be read and nothing was found."""
        return not self.found and not self.unread


def search(home: Home, texts: Sequence[str]) -> Search:
    """Look for texts in every file of a home: lake, snapshots, refused builds, cases, reports, trail."""
    needles = [text for text in texts if text]
    files = columns = 0
    found: list[Found] = []
    unread: list[str] = []
    for path in sorted(home.root.rglob("*")):
        shown = path.relative_to(home.root)
        if shown.parts[0] in NOT_SEARCHED or path.is_symlink() or not path.is_file():
            continue
        files += 1
        if re.search(_pattern(needles), str(shown)):
            found.append(Found(str(shown), "its name", 1))
        try:
            if path.suffix == ".parquet":
                looked, hits = _in_parquet(path, needles)
            elif path.suffix == ".duckdb":
                looked, hits = _in_database(path, needles)
            else:
                looked, hits = 1, [Found("", name, 1) for name in _in_bytes(path, needles)]
        except (OSError, duckdb.Error, zipfile.BadZipFile, tarfile.TarError, EOFError):
            unread.append(str(shown))
            continue
        columns += looked
        found += [Found(str(shown), hit.where, hit.count) for hit in hits]
    return Search(files, columns, tuple(found), tuple(unread))


def _in_parquet(path: Path, needles: Sequence[str]) -> tuple[int, list[Found]]:
    with connect() as connection:
        return _in_rows(connection, read_parquet(path), "", needles)


def _in_database(path: Path, needles: Sequence[str]) -> tuple[int, list[Found]]:
    looked, found = 0, []
    with connect(path, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where not internal order by all"
        ).fetchall()
        for schema, table in tables:
            rows = f"{identifier(schema)}.{identifier(table)}"
            columns, hits = _in_rows(connection, rows, f"{schema}.{table}.", needles)
            looked += columns
            found += hits
        for (sql,) in connection.execute("select sql from duckdb_views() where not internal").fetchall():
            found += [Found("", "a view's definition", 1)] if re.search(_pattern(needles), sql) else []
    return looked, found


def _in_rows(
    connection: duckdb.DuckDBPyConnection, rows: str, prefix: str, needles: Sequence[str]
) -> tuple[int, list[Found]]:
    """Every column that can hold a text: texts, lists, structs, JSON."""
    described = connection.execute(f"describe from {rows}").fetchall()
    names = [name for name, kind, *_ in described if any(t in kind for t in ("VARCHAR", "JSON", "BLOB"))]
    if not names:
        return 0, []
    counted = statement("erasure/holding", rows=rows, columns=names)
    [counts] = execute(connection, counted, {"pattern": _pattern(needles)}).fetchall()
    return len(names), [Found("", prefix + name, n) for name, n in zip(names, counts, strict=True) if n]


def _in_bytes(path: Path, needles: Sequence[str]) -> list[str]:
    """Where in a file a text is: "its bytes", or a member of the archive that it is."""
    wanted = re.compile(_pattern(needles).encode())
    longest = max(len(needle.encode()) for needle in needles) + 2
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return [
                info.filename
                for info in archive.infolist()
                if _holds(archive.open(info), wanted, longest)
                or (info.filename.endswith(".parquet") and _in_packed(archive.read(info), needles))
            ]
    if tarfile.is_tarfile(path):
        with tarfile.open(path) as bundle:
            members = [(one.name, bundle.extractfile(one)) for one in bundle if one.isfile()]
            return [name for name, stream in members if stream and _holds(stream, wanted, longest)]
    with path.open("rb") as plain:
        if plain.read(2) == GZIP:
            with gzip.open(path, "rb") as unpacked:
                return ["its bytes"] if _holds(cast(IO[bytes], unpacked), wanted, longest) else []
        plain.seek(0)
        return ["its bytes"] if _holds(plain, wanted, longest) else []


def _in_packed(content: bytes, needles: Sequence[str]) -> bool:
    """Whether a Parquet file of an archive holds one: its values are compressed, so they are read."""
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "member.parquet"
        path.write_bytes(content)
        return bool(_in_parquet(path, needles)[1])


def _pattern(needles: Sequence[str]) -> str:
    """The texts as whole words: `a1` is not in `a12`. Plain enough for Python's and DuckDB's engines."""
    words = "|".join(re.sub(r"([^A-Za-z0-9_ -])", r"\\\1", needle) for needle in needles)
    return f"(^|[^A-Za-z0-9])({words})([^A-Za-z0-9]|$)"


def _holds(stream: IO[bytes], wanted: re.Pattern[bytes], longest: int) -> bool:
    return any(wanted.search(window) for window in _windows(stream, longest))


def _windows(stream: IO[bytes], overlap: int) -> Iterator[bytes]:
    """A stream's bytes in pieces that overlap, so that nothing is cut in two."""
    tail = b""
    while chunk := stream.read(CHUNK):
        yield tail + chunk
        tail = (tail + chunk)[-overlap:]
