"""Text files as physical lines and CSV records, numbered from 1, with nothing lost on the way.

The bytes are cut at line feeds before any parser sees them, so that what a parser makes of them can
be held against the count of lines. A line that is not UTF-8, or has a NUL byte, is set aside.
"""

from __future__ import annotations

import re
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from gzip import BadGzipFile

from scaup.rawfiles import RawFile, UnreadableFile, looks_like

BOM = b"\xef\xbb\xbf"
BLOCK_BYTES = 8 << 20
LONGEST_LINE = 16 << 20
# A quoted CSV field may run over this many lines; after that its quote counts as unclosed.
LONGEST_RECORD = 1000

_FIELD = re.compile(r'(?:"((?:[^"]|"")*+)"|([^",\r\n]*+))(,|\Z)')


@dataclass(frozen=True)
class Misfit:
    """A line, or record, that has no shape to be judged by: where, why, and its text."""

    line: int
    reason: str
    raw: str


@dataclass
class Block:
    """Whole lines: their text, one line each in `lines`, set-aside ones being empty there."""

    first_line: int
    lines: list[str]
    misfits: list[Misfit]


def blocks(file: RawFile) -> Iterator[Block]:
    """The file in blocks of whole lines. Raises UnreadableFile for damaged or unending input."""
    first_line = 1
    try:
        with file.open() as stream:
            if file.gzipped and (looks := looks_like(stream.read(8))):
                raise UnreadableFile(f"{file.path} holds no plain text below its gzip: it is {looks}.")
            stream.seek(0)
            while data := stream.read(BLOCK_BYTES):
                if not data.endswith(b"\n"):
                    rest = stream.readline(LONGEST_LINE)
                    if len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
                        raise UnreadableFile(
                            f"{file.path} has a line of over {LONGEST_LINE >> 20} MiB: not a file of rows."
                        )
                    data += rest
                if first_line == 1:
                    data = data.removeprefix(BOM)
                count = data.count(b"\n") + (not data.endswith(b"\n"))
                block = _block(first_line, data.removesuffix(b"\n"))
                if len(block.lines) != count:
                    raise UnreadableFile(f"{file.path}: {count} lines counted, {len(block.lines)} read.")
                yield block
                first_line += count
    except (EOFError, zlib.error, BadGzipFile) as error:
        raise UnreadableFile(
            f"{file.path} is cut off or damaged: its gzip stream does not end well, or more follows it."
        ) from error
    except OSError as error:
        raise UnreadableFile(f"{file.path} cannot be read: {error.strerror or error}.") from error


def _block(first_line: int, data: bytes) -> Block:
    if b"\x00" not in data:
        try:
            return Block(first_line, data.decode("utf-8").split("\n"), [])
        except UnicodeDecodeError:
            pass
    block = Block(first_line, [], [])
    for number, line in enumerate(data.split(b"\n"), first_line):
        try:
            text, reason = line.decode("utf-8"), None
        except UnicodeDecodeError:
            text, reason = line.decode("utf-8", "backslashreplace"), "invalid UTF-8"
        if reason is None and "\x00" in text:
            reason = "NUL byte"
        if reason is not None:
            block.misfits.append(Misfit(number, reason, text))
        block.lines.append("" if reason else text)
    return block


@dataclass(frozen=True)
class Record:
    """One CSV record: the line it starts on and its text. `unquoted` are its fields where they cannot be
    had by cutting the text at commas."""

    line: int
    raw: str
    unquoted: list[str] | None = None

    @property
    def fields(self) -> list[str]:
        return self.raw.split(",") if self.unquoted is None else self.unquoted


def fields_of(record: str) -> list[str] | None:
    """The fields of one CSV record as RFC 4180 has them, or None when its quotes are misplaced.

    >>> fields_of('a,"b ""c"",",')
    ['a', 'b "c",', '']
    """
    if '"' not in record and "\r" not in record:
        return record.split(",")
    fields: list[str] = []
    position = 0
    while found := _FIELD.match(record, position):
        quoted, plain, end = found.groups()
        fields.append(plain if quoted is None else quoted.replace('""', '"'))
        if not end:
            return fields
        position = found.end()
    return None


class CsvRecords:
    """The records of a CSV file after its header.

    A quote that is opened runs on to the line that closes it. If what comes of it is not a record of
    the header's width, only its first line is set aside and the next line starts afresh: one bad
    quote must not swallow the good rows after it.

    `counted` is the number of physical lines, `blank` of empty ones, `spanned` of lines in records
    and misfits; header included, they add up.
    """

    def __init__(self, file: RawFile) -> None:
        self.counted = 0
        self.blank = 0
        self.spanned = 0
        self._ahead: deque[tuple[int, str | Misfit]] = deque()
        self._lines = self._numbered(file)
        self.header = self._read_header(file)

    def __iter__(self) -> Iterator[Record | Misfit]:
        width = len(self.header)
        while (following := self._next()) is not None:
            number, line = following
            if isinstance(line, Misfit):
                self.spanned += 1
                yield line
                continue
            plain = line.removesuffix("\r")
            if not plain:
                self.blank += 1
            elif '"' not in plain and "\r" not in plain:
                self.spanned += 1
                found = plain.count(",") + 1
                yield Record(number, plain) if found == width else _misshapen(number, plain, found, width)
            else:
                yield self._quoted_record(number, line, width)

    def _quoted_record(self, number: int, first: str, width: int) -> Record | Misfit:
        lines = [first]
        quotes = first.count('"')
        taken: list[tuple[int, str | Misfit]] = []
        while quotes % 2 and len(lines) < LONGEST_RECORD and (following := self._next()) is not None:
            taken.append(following)
            if isinstance(following[1], Misfit):
                break
            lines.append(following[1])
            quotes += following[1].count('"')
        raw = "\n".join(lines).removesuffix("\r")
        fields = fields_of(raw) if quotes % 2 == 0 else None
        if fields is not None and (len(fields) == width or not taken):
            self.spanned += len(lines)
            if len(fields) == width:
                return Record(number, raw, fields)
            return _misshapen(number, raw, len(fields), width)
        self._ahead.extendleft(reversed(taken))
        self.spanned += 1
        closed = first.count('"') % 2 == 0
        return Misfit(
            number,
            "misplaced quote or carriage return" if closed else "quote not closed",
            first.removesuffix("\r"),
        )

    def _next(self) -> tuple[int, str | Misfit] | None:
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def _numbered(self, file: RawFile) -> Iterator[tuple[int, str | Misfit]]:
        for block in blocks(file):
            self.counted += len(block.lines)
            misfits = {misfit.line: misfit for misfit in block.misfits}
            for number, line in enumerate(block.lines, block.first_line):
                yield number, misfits.get(number) or line

    def _read_header(self, file: RawFile) -> list[str]:
        while (following := self._next()) is not None:
            line = following[1]
            if isinstance(line, Misfit):
                what = {"invalid UTF-8": "is no UTF-8 text", "NUL byte": "has a NUL byte"}[line.reason]
                raise UnreadableFile(f"{file.path}, line {line.line}: its header {what}.")
            if line := line.removesuffix("\r"):
                names = fields_of(line)
                if names is None:
                    has = "a carriage return within it" if "\r" in line else "a misplaced quote"
                    raise UnreadableFile(f"{file.path}, line {following[0]}: its header has {has}.")
                self.spanned += 1
                return names
            self.blank += 1
        raise UnreadableFile(f"{file.path} has no header: it holds blank lines alone.")


def _misshapen(number: int, raw: str, found: int, width: int) -> Misfit:
    plural = "field" if found == 1 else "fields"
    return Misfit(number, f"unknown shape: {found} {plural}, expected {width}", raw)
