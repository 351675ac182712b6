"""Bundles: small files of one table that are read together, because a file costs a dozen statements.

Only neighbours of one table, format and shape are put together, so that of rows that contradict each other
the same one stands. An adapter may look at a file as a whole: what it reads stays alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from scaup.adapters import AdaptedTable
from scaup.contract import Table
from scaup.lines import BOM
from scaup.rawfiles import RawFile
from scaup.statements import statement
from scaup.workbench import Workbench, exact_list

SMALL_FILE = 1 << 20  # bytes; files of up to this size are read together


@dataclass(frozen=True)
class Feed:
    """A file, its hash, and the tables that it still has to feed."""

    file: RawFile
    sha256: str
    tables: list[tuple[Table, AdaptedTable | None]]


def bundled(bench: Workbench, feeds: Sequence[Feed]) -> list[list[Feed]]:
    """Small files of one table and shape together, the others each by itself, in order."""
    bundles: list[list[Feed]] = []
    latest: dict[str, tuple[tuple[str, object] | None, list[Feed]]] = {}
    schemas = _schemas(bench, feeds)
    for feed in feeds:
        kind = _kind_of(feed, schemas)
        bundle: list[Feed] = []
        for table, _ in feed.tables:
            known, before = latest.get(table.name, (None, []))
            if kind is not None and kind == known:
                bundle = before
            latest[table.name] = (kind, bundle)
        if not bundle:
            bundles.append(bundle)
        bundle.append(feed)
    return bundles


def _is_small(feed: Feed) -> bool:
    [(_, adapted), *more] = feed.tables
    return not more and not adapted and feed.file.stamp[0] <= SMALL_FILE


def _kind_of(feed: Feed, schemas: Mapping[str, str]) -> tuple[str, object] | None:
    """What files of a bundle have in common: format, and header or schema. None for what stays alone."""
    if not _is_small(feed):
        return None
    if feed.file.format == "jsonl":
        return "jsonl", ""
    if feed.file.format == "parquet":
        schema = schemas.get(str(feed.file.path))
        return ("parquet", schema) if schema else None
    try:
        with feed.file.open() as stream:
            header = stream.readline(SMALL_FILE)
    except (OSError, EOFError, zlib.error):
        return None  # whoever reads it says what is wrong with it
    return ("csv", header.removeprefix(BOM).rstrip(b"\r\n")) if header.strip() else None


def _schemas(bench: Workbench, feeds: Sequence[Feed]) -> dict[str, str]:
    """The small Parquet files' columns and types as a hash, by path; none when one of them is damaged, which
    whoever reads it says."""
    paths = [feed.file.path for feed in feeds if feed.file.format == "parquet" and _is_small(feed)]
    if len(paths) < 2:
        return {}
    try:
        return dict(bench.rows(statement("intake/parquet_schemas", files=exact_list(*paths))))
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        return {}
