"""The raw contract, read from `models/staging/_sources.yml`. Its only home is that file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scaup.errors import UsageError, nearest
from scaup.home import find_project


@dataclass(frozen=True)
class Column:
    """One column of a raw table. `minimum`/`maximum` are inclusive; `values` is a closed list."""

    name: str
    type: str
    description: str
    privacy: str
    key: bool = False
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    references: tuple[str, str] | None = None


@dataclass(frozen=True)
class Table:
    """One raw table. `kind` is `event` (immutable) or `record` (the latest version stands)."""

    name: str
    description: str
    kind: str
    needed: bool
    partition: str | None
    cluster_by: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that identify a row (of a record: the record, not its version)."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns by which a row sent twice is recognised."""
        return self.key if self.kind == "event" else (*self.key, "recorded_at")

    def column(self, name: str) -> Column:
        """The column of that name. Raises UsageError with the nearest one."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UsageError(
            f"Table {self.name!r} has no column {name!r}."
            + nearest(name, [column.name for column in self.columns])
        )


@dataclass(frozen=True)
class Contract:
    """All raw tables, in the order of the file."""

    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """The table of that name. Raises UsageError with the nearest one."""
        for table in self.tables:
            if table.name == name:
                return table
        names = [table.name for table in self.tables]
        raise UsageError(
            f"No raw table named {name!r}.{nearest(name, names)} The contract has: {', '.join(names)}."
        )


@lru_cache(maxsize=4)
def read_contract(project: Path | None = None) -> Contract:
    """Read the contract of a checkout (default: the one we are in)."""
    path = (project or find_project()) / "models" / "staging" / "_sources.yml"
    import yaml  # here: who only reads a snapshot needs no contract

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    return Contract(tuple(_table(raw) for raw in document["sources"][0]["tables"]))


def _table(raw: dict) -> Table:  # type: ignore[type-arg]
    meta = raw["config"]["meta"]
    return Table(
        name=raw["name"],
        description=raw["description"],
        kind=meta["kind"],
        needed=meta.get("needed", False),
        partition=meta.get("partition"),
        cluster_by=tuple(meta.get("cluster_by", ())),
        columns=tuple(_column(column) for column in raw["columns"]),
    )


def _column(raw: dict) -> Column:  # type: ignore[type-arg]
    meta = raw["config"]["meta"]
    references = meta.get("references")
    table, _, column = (references or "").partition(".")
    return Column(
        name=raw["name"],
        type=raw["data_type"],
        description=raw["description"],
        privacy=meta["privacy"],
        key=meta.get("key", False),
        nullable=meta.get("nullable", False),
        minimum=meta.get("min"),
        maximum=meta.get("max"),
        values=tuple(str(value) for value in meta.get("values", ())),
        references=(table, column) if references else None,
    )
