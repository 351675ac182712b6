"""Answers: the rows of a question with what is needed to repeat it, and how they are written down.

Two kinds of reader. For machines (`jsonl`, `json`, `parquet`, and `csv` with raw) a value goes out
as it is. For people (`csv`, `markdown`, `html`, `xlsx` in `scaup.spreadsheets`, and the terminal in
`scaup.terminal`) characters that act instead of showing are made visible, and a spreadsheet finds no
formula.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from string import Template
from typing import NoReturn

FORMULA = re.compile(r"[\s\ufeff\u200b-\u200f\u2060\x00-\x1f]*[=+\-@＝＋－＠﹦﹢﹣﹫−–—]|[\t\r\n]")
PLAIN_CSV = re.compile(r"[\w.:/ +@()\[\]'–—-]+")
# Every ASCII mark but those that mean nothing where they stand: in names, numbers and times.
MARKDOWN_MARK = re.compile(
    r"(?<![^\W_])_|_(?![^\W_])|(?<!\d):|:(?!\d)|^[-+]|(?<=\d)\.(?=\s)|(?<=www)\.|[!\"#$%&()*;<=>?@\[\\\]^`{|}~/]",
    re.ASCII | re.IGNORECASE,
)
SHOWN_INPUTS = 5  # how many absent inputs a sentence names
WIDE = re.compile(r"\bU?HUGEINT\b")
NUMERIC = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)")


@dataclass(frozen=True)
class Answer:
    """The rows of one question, in order, and how to get them again.

    `types` are DuckDB's names of the columns' types. `is_cut` says that a limit was reached, so that
    there may be more rows; `cut_by` names the limit. `empty` is what no rows mean, and
    `absent_inputs` the raw tables that had no data at all. `withheld` counts the numbers that were taken out
    of it because they are small, or would give a small one away.
    """

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    sql_sha256: str
    parameters: Mapping[str, object]
    snapshot_id: str
    as_of: datetime
    elapsed_ms: float
    cut_by: str = ""
    empty: str = ""
    absent_inputs: tuple[str, ...] = ()
    title: str = ""
    withheld: int = 0
    descriptions: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def row_count(self) -> int:
        return len(self.rows)

    @property
    def truncated(self) -> bool:
        return bool(self.cut_by)

    @cached_property
    def result_sha256(self) -> str:
        """The hash of names, types and rows in their order; equal answers have equal hashes."""
        digest = hashlib.sha256(json_text([list(self.columns), list(self.types)]).encode())
        for row in self.rows:
            digest.update(b"\n" + json_text(list(row)).encode())
        return digest.hexdigest()

    def is_number(self, place: int) -> bool:
        """Whether the column at that place holds numbers."""
        return NUMERIC.fullmatch(self.types[place]) is not None

    def records(self) -> Iterable[dict[str, object]]:
        """Each row as a dictionary."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


def no_rows(answer: Answer) -> str:
    """What an answer without rows means: no data is not no hits.

    >>> no_rows(answer)
    'No data in logins, which this question reads, so no rows does not mean no hits.'
    """
    if not answer.absent_inputs:
        return f"No rows. {answer.empty.strip()}".strip()
    names = ", ".join(answer.absent_inputs[:SHOWN_INPUTS])
    if (more := len(answer.absent_inputs) - SHOWN_INPUTS) > 0:
        names += f" and {more} more"
    meaning = f" With data it would mean: {answer.empty.strip()}" if answer.empty else ""
    return f"No data in {names}, which this question reads, so no rows does not mean no hits.{meaning}"


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Column names, each once: `a, a` becomes `a, a_2`."""
    found: list[str] = []
    for name in names:
        count, candidate = 2, name
        while candidate in found:
            candidate, count = f"{name}_{count}", count + 1
        found.append(candidate)
    return tuple(found)


# ---- one value -------------------------------------------------------------------------------


def json_text(value: object, type_name: str = "") -> str:
    """A value as strict JSON in ASCII: numbers exact, times ISO 8601 in UTC, bytes in hex.

    A column of type JSON is embedded as what it says, when it is strict JSON; else as its text.
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return _embedded(value) if type_name == "JSON" else json.dumps(value)
    if isinstance(value, int | Decimal):
        return str(value) if math.isfinite(value) else json.dumps(str(value))
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else json.dumps(str(value))
    if isinstance(value, list | tuple):
        return "[" + ", ".join(json_text(item) for item in value) + "]"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{json.dumps(str(key))}: {json_text(item)}" for key, item in value.items()) + "}"
        )
    return json.dumps(plain_text(value))


def plain_text(value: object) -> str:
    """A value as text, complete: what CSV holds. NULL is the caller's business."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.isoformat()
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.days} days {(datetime.min + timedelta(0, value.seconds, value.microseconds)).time()}"
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, bool | int | float | Decimal | list | tuple | dict):
        return json_text(value).strip('"')
    return str(value)


def visible(text: str) -> str:
    r"""Text in which every character shows: control, bidi and invisible ones become escapes.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else _escape(letter) for letter in text)


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")


def _embedded(text: str) -> str:
    try:
        return json_text(
            json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once_each)
        )
    except (ValueError, RecursionError):
        return json.dumps(text)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


# ---- whole answers ---------------------------------------------------------------------------


def to_jsonl(answer: Answer) -> str:
    """One JSON object a line."""
    return "".join(_object(answer, row) + "\n" for row in answer.rows)


def to_json(answer: Answer) -> str:
    """One JSON document: the rows, and everything that is said about them."""
    facts = {
        "question": answer.name,
        "parameters": dict(answer.parameters),
        "snapshot_id": answer.snapshot_id,
        "as_of": answer.as_of,
        "sql_sha256": answer.sql_sha256,
        "result_sha256": answer.result_sha256,
        "row_count": answer.row_count,
        "cut_by": answer.cut_by or None,
        "absent_inputs": list(answer.absent_inputs),
        "columns": [
            {"name": name, "type": kind} for name, kind in zip(answer.columns, answer.types, strict=True)
        ],
    }
    rows = ",\n".join("  " + _object(answer, row) for row in answer.rows)
    return json_text(facts)[:-1] + ', "rows": [\n' + rows + "\n]}\n"


def _object(answer: Answer, row: tuple[object, ...]) -> str:
    fields = zip(answer.columns, answer.types, row, strict=True)
    return (
        "{" + ", ".join(f"{json.dumps(name)}: {json_text(value, kind)}" for name, kind, value in fields) + "}"
    )


def to_csv(answer: Answer, *, raw: bool = False) -> str:
    """RFC 4180 with a header; NULL is an empty field, empty text is `""`.

    For people (raw false), text that a spreadsheet would take for a formula gets an apostrophe in
    front, and control characters show. Raw is unaltered.
    """
    lines = [answer.columns, *answer.rows]
    return "".join(",".join(_field(value, raw) for value in line) + "\r\n" for line in lines)


def _field(value: object, raw: bool) -> str:
    if value is None:
        return ""
    text = plain_text(value)
    if isinstance(value, str) and not raw:
        text = ("'" if FORMULA.match(text) else "") + visible(text)
    if PLAIN_CSV.fullmatch(text):
        return text
    return '"' + text.replace('"', '""') + '"'


def guarded_count(answer: Answer) -> int:
    """How many values `to_csv` puts an apostrophe in front of."""
    return sum(
        isinstance(value, str) and FORMULA.match(value) is not None for row in answer.rows for value in row
    )


def to_markdown(answer: Answer) -> str:
    """A table in GitHub's Markdown; nothing in a cell is markup."""
    head = "| " + " | ".join(markdown_text(name) for name in answer.columns) + " |"
    rule = (
        "|"
        + "|".join(" ---: " if answer.is_number(place) else " --- " for place in range(len(answer.columns)))
        + "|"
    )
    body = ["| " + " | ".join(_cell(value, markdown_text) for value in row) + " |" for row in answer.rows]
    return "\n".join([head, rule, *body]) + "\n" + ("" if answer else f"\n{markdown_text(no_rows(answer))}\n")


def markdown_text(text: str) -> str:
    """Text with every mark of Markdown escaped."""
    return MARKDOWN_MARK.sub(lambda found: "\\" + found.group(), visible(text))


def _cell(value: object, escape: Callable[[str], str]) -> str:
    return "" if value is None else escape(plain_text(value))


def to_html(answer: Answer) -> str:
    """One self-contained page: no script, no fetch, a content policy that allows its own style only."""
    template = (Path(__file__).parent / "templates" / "answer.html").read_text(encoding="utf-8")
    style = (Path(__file__).parent / "templates" / "answer.css").read_text(encoding="utf-8")
    policy = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    kinds = [' class="number"' if answer.is_number(place) else "" for place in range(len(answer.columns))]
    heads = "".join(
        f'<th scope="col"{kind} title="{_html(answer.descriptions.get(name, ""))}">{_html(name)}</th>'
        for name, kind in zip(answer.columns, kinds, strict=True)
    )
    rows = "\n".join(
        "<tr>"
        + "".join(f"<td{kind}>{_cell(value, _html)}</td>" for kind, value in zip(kinds, row, strict=True))
        + "</tr>"
        for row in answer.rows
    )
    facts = {
        **{name: _cell(value, str) for name, value in answer.parameters.items()},
        "rows": f"{answer.row_count}" + (f", cut by {answer.cut_by}" if answer.cut_by else ""),
        "snapshot": answer.snapshot_id,
        "as of": plain_text(answer.as_of),
        "SQL sha256": answer.sql_sha256,
        "result sha256": answer.result_sha256,
    }
    return Template(template).substitute(
        policy=policy,
        style=style,
        name=_html(answer.name),
        title=_html(answer.title or answer.name),
        empty="" if answer else f"<p>{_html(no_rows(answer))}</p>",
        heads=heads,
        rows=rows,
        facts="\n".join(f"<dt>{_html(name)}</dt><dd>{_html(text)}</dd>" for name, text in facts.items()),
    )


def _html(text: str) -> str:
    return html.escape(visible(text), quote=True)


def to_parquet(answer: Answer) -> bytes:
    """A Parquet file with the columns' own types, written by DuckDB.

    Parquet has no integer of 128 bits, and DuckDB would write a double: such a column is DECIMAL(38, 0).
    """
    from scaup.warehouse import connect, execute, identifier, quoted

    columns = list(zip(*answer.rows, strict=True)) or [()] * len(answer.columns)
    lists = {
        f"c{place}": [_as_map(value) if kind.startswith("MAP(") else value for value in column]
        for place, (column, kind) in enumerate(zip(columns, answer.types, strict=True))
    }
    picks = ", ".join(
        f"unnest($c{place}::{WIDE.sub('DECIMAL(38, 0)', kind)}[]) as {identifier(name)}"
        for place, (name, kind) in enumerate(zip(answer.columns, answer.types, strict=True))
    )
    with tempfile.TemporaryDirectory() as folder, connect() as connection:
        path = Path(folder) / "answer.parquet"
        execute(connection, f"copy (select {picks}) to {quoted(path)} (format parquet)", lists)
        return path.read_bytes()


def _as_map(value: object) -> object:
    """A dictionary in the shape that DuckDB binds as a MAP."""
    return {"key": list(value), "value": list(value.values())} if isinstance(value, dict) else value


def written(answer: Answer, format_name: str, *, raw: bool = False) -> bytes:
    """The answer in one of the formats that do not depend on a terminal's width."""
    if format_name == "parquet":
        return to_parquet(answer)
    if format_name == "xlsx":
        from scaup.spreadsheets import to_xlsx

        return to_xlsx(answer)
    if format_name == "csv":
        return to_csv(answer, raw=raw).encode("utf-8", "surrogatepass")
    return FORMATS[format_name](answer).encode("utf-8", "surrogatepass")


FORMATS: dict[str, Callable[[Answer], str]] = {
    "json": to_json,
    "jsonl": to_jsonl,
    "markdown": to_markdown,
    "html": to_html,
}
