"""What the contract asks of a row, as an ordered list of rules; and how a file's column is read.

The rules are in the contract's order, so that a row with several faults has one reason, always the
same. The SQL that applies them is `scaup/sql/intake/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from scaup.contract import Column, Table
from scaup.errors import nearest

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
UNSIGNED = ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
# When something happened and when it was written down: neither can lie ahead.
CLOCKS = ("occurred_at", "recorded_at")
TIMESTAMPS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
# The contract's types by DuckDB's names for them.
NAMES = {
    "varchar": "VARCHAR",
    "bigint": "BIGINT",
    "ubigint": "UBIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "date": "DATE",
    "json": "JSON",
    "varchar[]": "VARCHAR[]",
    "bigint[]": "BIGINT[]",
}


@dataclass(frozen=True)
class Given:
    """A column of the contract and how the file gives it (see `readings.sql`)."""

    name: str
    type: str
    reading: str


@dataclass(frozen=True)
class Rule:
    """One thing that a value has to satisfy, and the reason that is given when it does not."""

    column: str
    kind: str
    reason: str
    bound: float | int | None = None
    allowed: tuple[str, ...] = ()
    latest: datetime | None = None


@dataclass(frozen=True)
class Fit:
    """How a file's columns meet a table's: what is read how, what is kept out, what is not there."""

    columns: tuple[Given, ...]
    extra: tuple[str, ...]
    absent: tuple[str, ...]
    missing: tuple[str, ...]

    def complaint(self) -> str:
        """The columns that have to be there and are not, each with the file's nearest one."""
        folded = {name.strip("\ufeff ").casefold(): name for name in self.extra}
        return " ".join(
            f"It has no column {name!r}."
            + (f" Did you mean {folded[name]!r}?" if name in folded else nearest(name, self.extra))
            for name in self.missing
        )

    def remarks(self) -> list[str]:
        """What a user should know of columns that were kept out."""
        if not self.extra:
            return []
        hints = {name: nearest(name, self.absent).strip() for name in self.extra[:20]}
        named = [f"{name!r} ({hint})" if hint else repr(name) for name, hint in hints.items()]
        more = f" and {len(self.extra) - 20} more" if len(self.extra) > 20 else ""
        return [f"columns that the contract does not have were kept out: {', '.join(named)}{more}"]


def fit(table: Table, given: Mapping[str, str]) -> Fit:
    """Match a file's columns (name → 'text', 'json' or a DuckDB type) with a table's, by exact name."""
    names = [column.name for column in table.columns]
    absent = [column for column in table.columns if column.name not in given]
    return Fit(
        columns=tuple(
            Given(
                column.name,
                column.type,
                reading_of(given[column.name], column.type) if column.name in given else "absent",
            )
            for column in table.columns
        ),
        extra=tuple(name for name in given if name not in names),
        absent=tuple(column.name for column in absent),
        missing=tuple(column.name for column in absent if not column.nullable),
    )


def reading_of(given: str, wanted: str) -> str:
    """How a column of one type is read as another without loss; 'never' when it cannot be.

    >>> reading_of("INTEGER", "bigint"), reading_of("DOUBLE", "bigint"), reading_of("BIGINT", "varchar")
    ('cast', 'whole', 'never')
    """
    if given in ("text", "json"):
        return given
    if given == NAMES[wanted]:
        return "same"
    if given == "VARCHAR":
        return "text"
    numbers = given in INTEGERS or given in UNSIGNED
    fractions = given in ("FLOAT", "DOUBLE") or given.startswith("DECIMAL")
    allowed = {
        "bigint": "cast" if numbers else "whole" if fractions else "",
        "ubigint": "cast" if numbers else "whole" if fractions else "",
        "double": "cast" if numbers or fractions else "",
        "timestamptz": "cast" if given in TIMESTAMPS else "",
        "date": "midnight" if given in TIMESTAMPS else "",
        "varchar": "cast" if given in ("UUID", "JSON") or given.startswith("ENUM") else "",
        "bigint[]": "cast" if given.removesuffix("[]") in (*INTEGERS, *UNSIGNED) else "",
    }
    return allowed.get(wanted) or "never"


def rules_of(table: Table, columns: Sequence[Given], latest: datetime) -> list[Rule]:
    """The rules that a row of a table can still break, given how its columns are read and up to when
    something can have happened."""
    return [rule for given in columns for rule in _rules_of(table.column(given.name), given, latest)]


def _rules_of(column: Column, given: Given, latest: datetime) -> list[Rule]:
    if given.reading == "absent":
        return []
    name = column.name
    rules = []
    if not column.nullable:
        rules.append(Rule(name, "missing", f"{name}: missing"))
    article = "an" if column.type[0] in "aeiou" else "a"
    rules.append(Rule(name, "type", f"{name}: not {article} {column.type}"))
    if column.type == "varchar":
        rules.append(Rule(name, "nul", f"{name}: NUL byte"))
    if column.type == "varchar[]":
        rules.append(Rule(name, "nul in list", f"{name}: NUL byte"))
    if name in CLOCKS and column.type == "timestamptz":
        rules.append(Rule(name, "future", f"{name}: in the future", latest=latest))
    if column.minimum is not None:
        rules.append(Rule(name, "minimum", f"{name}: below {column.minimum}", bound=column.minimum))
    if column.maximum is not None:
        rules.append(Rule(name, "maximum", f"{name}: above {column.maximum}", bound=column.maximum))
    if column.values:
        listed = ", ".join(column.values)
        rules.append(Rule(name, "values", f"{name}: not one of {listed}", allowed=column.values))
    return rules
