"""Raw files as they were handed in: found, recognised and fingerprinted before a row is read."""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from scaup.contract import Contract
from scaup.errors import MissingInput, ScaupError, UsageError, nearest

SUFFIXES = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}
FORMATS = ("parquet", "csv", "jsonl")
GZIP = b"\x1f\x8b"
# First bytes by which a file that is named otherwise is recognised, and what to say of it.
MAGIC = {
    b"PAR1": "Parquet",
    GZIP: "gzip-compressed",
    b"PK\x03\x04": "a zip archive",
    b"\x28\xb5\x2f\xfd": "zstd-compressed",
    b"BZh": "bzip2-compressed",
    b"\xfd7zXZ": "xz-compressed",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x1f\x9d": "compress-compressed",
    b"\x04\x22\x4d\x18": "lz4-compressed",
    b"\xff\x06\x00\x00sNaP": "snappy-compressed",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"SQLite f": "a SQLite database",
    b"%PDF": "a PDF document",
    b"Obj\x01": "Avro",
    b"ARROW1": "Arrow",
    b"\xff\xfe\x00\x00": "UTF-32 text",
    b"\x00\x00\xfe\xff": "UTF-32 text",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


def looks_like(head: bytes) -> str | None:
    """What a file's first bytes say that it is, where that is no text of rows.

    >>> looks_like("vendor_id".encode("utf-16-le"))
    'UTF-16 text'
    """
    said = next((said for magic, said in MAGIC.items() if head.startswith(magic)), None)
    if said is None and len(head) >= 4 and (not any(head[1::2]) or not any(head[0::2])) and any(head):
        return "UTF-16 text"
    return said


class UnreadableFile(ScaupError):
    """A file is not what its name says, is damaged, or cannot be opened. Nothing was changed."""


@dataclass(frozen=True)
class RawFile:
    """One file. `stamp` is its size and change time, by which a change under our hands is seen."""

    path: Path
    format: str
    gzipped: bool
    stamp: tuple[int, int]

    @property
    def name(self) -> str:
        """The path as text that every reader takes: bytes that are no UTF-8 stand as escapes."""
        return os.fsencode(self.path).decode("utf-8", "backslashreplace")

    def open(self) -> IO[bytes]:
        """The file's bytes, decompressed."""
        try:
            if self.gzipped:
                return cast(IO[bytes], gzip.open(self.path, "rb"))
            return self.path.open("rb")
        except OSError as error:
            raise UnreadableFile(f"{self.path} cannot be opened: {error.strerror}.") from error

    def sha256(self) -> str:
        """The hash of the file as it lies on disk."""
        try:
            with self.path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise UnreadableFile(f"{self.path} cannot be read: {error.strerror}.") from error

    def refuse_if_changed(self) -> None:
        """Raise UnreadableFile when the file was written to since it was found."""
        try:
            now = self.path.stat()
        except OSError as error:
            raise UnreadableFile(f"{self.path} went away while it was read. Load it again.") from error
        if (now.st_size, now.st_mtime_ns) != self.stamp:
            raise UnreadableFile(f"{self.path} changed while it was read. Load it again when it is whole.")


def find_raw_files(
    paths: Sequence[str | Path], format_named: str | None = None
) -> tuple[list[RawFile], list[Path]]:
    """The files below the paths, each once and in order of path, and the files passed over in folders.

    A file that is named must be one that can be read; in folders others are passed over, and hidden ones
    unmentioned unless their ending says that they hold rows. Raises MissingInput, UnreadableFile or
    UsageError.
    """
    found: dict[Path, RawFile] = {}
    passed_over: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = list(_files_below(path))
            readable = [file for file in inside if _format_of(file) is not None and not _is_hidden(file)]
            if not readable:
                raise MissingInput(
                    f"No Parquet, CSV or JSON Lines file in {path}. Files are known by their endings: "
                    f"{', '.join(SUFFIXES)}, the text ones also with .gz."
                )
            # A hidden file is somebody's note, or the last writer's; one that holds rows is told.
            passed_over += [file for file in inside if (_format_of(file) is None) != _is_hidden(file)]
            for file in readable:
                found.setdefault(file.resolve(), _recognise(file, None))
        else:
            found.setdefault(path.resolve(), _recognise(path, format_named))
    return list(found.values()), passed_over


def table_of(path: Path, contract: Contract) -> str:
    """The raw table that a path names: its stem up to the first dot, else its nearest folder.

    >>> table_of(Path("raw/logins/day=2026-03-01/part-0.parquet"), contract)
    'logins'
    """
    names = [table.name for table in contract.tables]
    parts = [path.name.split(".")[0], *reversed(path.parts[:-1])]
    for part in parts:
        if part in names:
            return part
    near = next((hint for part in parts if (hint := nearest(part, names))), "")
    raise UsageError(
        f"{path} does not say which raw table it holds: neither its name nor its folder is one.{near} "
        "Name the table with --table, or write an adapter."
    )


def _files_below(folder: Path) -> Iterable[Path]:
    def refuse(error: OSError) -> None:
        raise UnreadableFile(f"{error.filename} cannot be opened: {error.strerror}.") from error

    # A folder that is linked to is walked into like any other, each once: links can lead in circles.
    seen = {folder.resolve()}
    for parent, folders, names in os.walk(folder, onerror=refuse, followlinks=True):
        inside = sorted(name for name in folders if not name.startswith("."))
        folders[:] = [name for name in inside if (Path(parent) / name).resolve() not in seen]
        seen |= {(Path(parent) / name).resolve() for name in folders}
        yield from (Path(parent) / name for name in sorted(names))


def _is_hidden(file: Path) -> bool:
    return file.name.startswith((".", "_"))


def _format_of(path: Path) -> str | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return SUFFIXES.get(suffixes[-1]) if suffixes else None


def _recognise(path: Path, format_named: str | None) -> RawFile:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise UnreadableFile(f"{path} is neither a file nor a folder.")
        with path.open("rb") as stream:
            head = stream.read(8)
            stream.seek(max(about.st_size - 4, 0))
            tail = stream.read(4)
    except FileNotFoundError as error:
        if path.is_symlink():
            raise MissingInput(f"{path} is a link to {path.readlink()}, which is not there.") from error
        beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        raise MissingInput(f"No such file or folder: {path}.{nearest(path.name, beside)}") from error
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be opened: {error.strerror}.") from error
    chosen = format_named or _format_of(path)
    if chosen is None:
        raise UsageError(
            f"{path} has an ending that says nothing. Say what it is with --format: {', '.join(FORMATS)}."
        )
    if not head:
        raise UnreadableFile(f"{path} is empty.")
    gzipped = path.suffix.lower() == ".gz"
    if chosen == "parquet" and not _is_text(path):
        raise UnreadableFile(
            f"{path} has a name that is no UTF-8, which Parquet's reader cannot open. Rename it."
        )
    _refuse_disguise(path, chosen, gzipped, head, tail)
    return RawFile(path, chosen, gzipped, (about.st_size, about.st_mtime_ns))


def _is_text(path: Path) -> bool:
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _refuse_disguise(path: Path, chosen: str, gzipped: bool, head: bytes, tail: bytes) -> None:
    looks = looks_like(head)
    if chosen == "parquet":
        if gzipped:
            raise UnreadableFile(f"{path}: Parquet has its own compression. Unpack the .gz first.")
        if not head.startswith(b"PAR1"):
            raise UnreadableFile(f"{path} is not Parquet" + (f": it is {looks}." if looks else "."))
        if tail != b"PAR1":
            raise UnreadableFile(f"{path} is cut off: a Parquet file ends in PAR1, this one does not.")
    elif gzipped and not head.startswith(GZIP):
        raise UnreadableFile(f"{path} is named .gz but is not gzip" + (f": it is {looks}." if looks else "."))
    elif looks and not gzipped:
        what = {"csv": "CSV", "jsonl": "JSON Lines"}[chosen]
        raise UnreadableFile(
            f"{path} should be plain {what}, but it is {looks}. Mend its name or its format."
        )
