"""Ingest: raw files into the lake. A load is all or nothing, and every row that was read is accounted for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from scaup.adapters import AdaptedTable, Adapter, first_line, read_adapter
from scaup.bundles import Feed, bundled
from scaup.contract import Contract, Table, read_contract
from scaup.errors import MissingInput, ScaupError, UsageError
from scaup.home import Home, find_project
from scaup.judging import Judged, judge_file
from scaup.lake import (
    MANIFEST,
    QUARANTINE,
    lake_files,
    lake_lock,
    load_folder,
    manifests,
    new_load_id,
    prepare_lake,
    publish,
)
from scaup.landing import DoesNotReconcile, land
from scaup.rawfiles import RawFile, find_raw_files, table_of
from scaup.shelf import settle_identities, shelve
from scaup.statements import statement
from scaup.workbench import Workbench, open_workbench, read_parquet

__all__ = ["FileCount", "Load", "Progress", "ingest", "prepare_lake"]

# What is being done, how far it is, and how far it goes (0 = unknown).
Progress = Callable[[str, int, int], None]


class LoadFailed(ScaupError):
    """The machine could not do it: no room on the disk or in memory. Nothing was changed."""


@dataclass(frozen=True)
class FileCount:
    """What became of one file for one table: read = accepted + quarantined."""

    path: str
    sha256: str
    table: str
    adapter_sha256: str | None
    rows_read: int
    rows_accepted: int
    rows_repeated: int
    rows_quarantined: int
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Load:
    """One load. `load_id` is None when every file was already in the lake, so that nothing was done.

    `skipped` are (path, table, load that has it), `passed_over` files of a folder that are not taken in.
    """

    load_id: str | None
    files: tuple[FileCount, ...]
    skipped: tuple[tuple[str, str, str], ...]
    passed_over: tuple[str, ...]

    @property
    def totals(self) -> dict[str, dict[str, int]]:
        """Per table: read, accepted, repeated and quarantined rows."""
        totals: dict[str, dict[str, int]] = {}
        for file in self.files:
            counts = totals.setdefault(
                file.table, dict.fromkeys(("read", "accepted", "repeated", "quarantined"), 0)
            )
            for name in counts:
                counts[name] += getattr(file, f"rows_{name}")
        return dict(sorted(totals.items()))


def ingest(
    paths: Sequence[str | Path],
    home: Home,
    adapter: str | None = None,
    table: str | None = None,
    progress: Progress | None = None,
    *,
    format: str | None = None,
    project: Path | None = None,
    memory_limit: str = "2GiB",
    retry_of: str | None = None,
) -> Load:
    """Take files and folders into the lake as one load.

    With `retry_of`, the id of an earlier load, files that are in the lake already are read once more: what
    did not fit then may fit now, and the rest is counted as repeated.

    Raises a ScaupError, and changes nothing, when a path is missing, a file is damaged or lacks a
    column that has to be there, an adapter misbehaves, or the rows do not add up.
    """
    said = progress or _silent
    project = project or find_project()
    contract = read_contract(project)
    adapting = read_adapter(project, adapter, contract) if adapter else None
    files, passed_over = find_raw_files(paths, format)
    planned = [(file, _tables(file, contract, adapting, table)) for file in files]
    if adapting:
        passed_over += [file.path for file, tables in planned if not tables]
        _refuse_unfed(adapting, planned, paths, table)

    def wait() -> None:
        said("waiting for another load to end", 0, 0)

    with _failing_clearly(memory_limit), lake_lock(home, wait):
        prepare_lake(home, contract)
        feeds, skipped = _fresh(home, planned, said, is_retry=retry_of is not None)
        outside = tuple(map(str, passed_over))
        if not feeds:
            return Load(None, (), skipped, outside)
        load_id = new_load_id()
        with load_folder(home, load_id) as folder:
            bench = open_workbench(folder / "work", memory_limit)
            with bench.connection:
                bundles = bundled(bench, feeds)
                judged = _judge_all(bench, bundles, said)
                tables = _shelve_all(bench, home, judged, folder, said)
                load = Load(load_id, tuple(_counts(judged)), skipped, outside)
                _write_quarantine(bench, bundles, load, folder)
            for feed in feeds:
                feed.file.refuse_if_changed()
            erased = _keep_out_erased(home, folder, contract)
            is_relative = not all(feed.file.path.is_absolute() for feed in feeds)
            more = {
                **({"read_in": str(Path.cwd())} if is_relative else {}),
                **({"erasures": [{"tombstone": "on arrival", "rows": erased}]} if erased else {}),
                **({"retry_of": retry_of} if retry_of else {}),
            }
            _write_manifest(load, adapter, tables, more, folder)
            _clear(folder / "work")
            said("syncing to disk", 0, 0)
            publish(home, folder)
        return load


@contextmanager
def _failing_clearly(memory_limit: str) -> Iterator[None]:
    """Say in one message what the machine could not do; the load's folder is gone by then."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise LoadFailed(
            f"The load does not fit into {memory_limit} of memory. Nothing was changed. "
            "Allow it more with --memory-limit, or load fewer files at once."
        ) from error
    except (duckdb.Error, OSError) as error:
        raise LoadFailed(f"The load failed, and nothing was changed: {first_line(error)}") from error


def _silent(step: str, done: int, total: int) -> None:
    """Say nothing."""


def _tables(
    file: RawFile, contract: Contract, adapter: Adapter | None, table: str | None
) -> list[tuple[Table, AdaptedTable | None]]:
    if adapter:
        adapted = adapter.tables_of(file.path)
        return [(contract.table(one.table), one) for one in adapted if table in (None, one.table)]
    return [(contract.table(table or table_of(file.path, contract)), None)]


def _refuse_unfed(
    adapter: Adapter,
    planned: list[tuple[RawFile, list[tuple[Table, AdaptedTable | None]]]],
    paths: Sequence[str | Path],
    table: str | None,
) -> None:
    patterns = ", ".join(pattern for pattern, _ in adapter.files)
    what = f"Adapter {adapter.name!r} feeds {table + ' from ' if table else ''}files named {patterns}"
    named = {Path(path).resolve() for path in paths}
    for file, tables in planned:
        if not tables and file.path.resolve() in named:
            raise UsageError(f"{what}; {file.path.name} is none of them.")
    if not any(tables for _, tables in planned):
        raise MissingInput(f"{what}; there is none in {', '.join(map(str, paths))}.")


def _fresh(
    home: Home,
    planned: list[tuple[RawFile, list[tuple[Table, AdaptedTable | None]]]],
    said: Progress,
    is_retry: bool,
) -> tuple[list[Feed], tuple[tuple[str, str, str], ...]]:
    """The files with the tables that do not have them yet, and what was loaded before."""
    loaded = {
        (one["sha256"], one["table"], one["adapter_sha256"]): str(manifest["load_id"])
        for manifest in ([] if is_retry else manifests(home))
        for one in manifest["files"]
    }
    feeds: list[Feed] = []
    skipped: list[tuple[str, str, str]] = []
    for number, (file, tables) in enumerate(planned):
        said("reading what is new", number, len(planned))
        if not tables:
            continue
        digest = file.sha256()
        fresh = []
        for table, adapted in tables:
            key = (digest, table.name, adapted.sha256 if adapted else None)
            if key in loaded:
                skipped.append((str(file.path), table.name, loaded[key]))
            else:
                loaded[key] = f"this one, as {file.path}"
                fresh.append((table, adapted))
        if fresh:
            feeds.append(Feed(file, digest, fresh))
    return feeds, tuple(skipped)


def _judge_all(
    bench: Workbench, bundles: list[list[Feed]], said: Progress
) -> list[tuple[list[Feed], Judged]]:
    judged = []
    begun: set[str] = set()
    total, done = sum(map(len, bundles)), 0
    for number, bundle in enumerate(bundles):
        more = f" and {len(bundle) - 1:,} more" if len(bundle) > 1 else ""
        step = f"checking {bundle[0].file.path.name}{more}"
        said(step, done, total)
        for table, _ in bundle[0].tables:
            if table.name not in begun:
                bench.run(statement("intake/begin_table", table=table.name))
                begun.add(table.name)

        def count_lines(lines: int, step: str = step, done: int = done) -> None:
            said(f"{step}: {lines:,} lines", done, total)

        landed = land(bench, number, [feed.file for feed in bundle], count_lines)
        judged += [(bundle, one) for one in judge_file(bench, landed, bundle[0].tables)]
        done += len(bundle)
    return judged


def _shelve_all(
    bench: Workbench, home: Home, judged: list[tuple[list[Feed], Judged]], folder: Path, said: Progress
) -> dict[str, dict[str, Any]]:
    by_table: dict[str, list[Judged]] = {}
    for _, one in judged:
        by_table.setdefault(one.table.name, []).append(one)
    tables: dict[str, dict[str, Any]] = {}
    for name, group in sorted(by_table.items()):
        table = group[0].table
        said(f"looking for repeated rows of {name}", 0, 0)
        settle_identities(bench, table, group, lake_files(home, table))

        def count_days(done: int, total: int, name: str = name) -> None:
            said(f"writing {name}", done, total)

        stored = shelve(bench, table, group, folder, count_days)
        first = last = None
        if stored:
            written = sorted((folder / name).rglob("*.parquet"))
            [span] = bench.rows(statement("intake/recorded_span", rows=read_parquet(*written)))
            first, last = (moment.astimezone(UTC).isoformat() for moment in span)
        tables[name] = {"stored_rows": stored, "min_recorded_at": first, "max_recorded_at": last}
    return tables


def _counts(judged: list[tuple[list[Feed], Judged]]) -> Iterator[FileCount]:
    for bundle, one in judged:
        for feed, tally in zip(bundle, one.tallies, strict=True):
            adapted = dict((table.name, adapted) for table, adapted in feed.tables)[one.table.name]
            yield FileCount(
                path=str(feed.file.path),
                sha256=feed.sha256,
                table=one.table.name,
                adapter_sha256=adapted.sha256 if adapted else None,
                rows_read=tally.read,
                rows_accepted=tally.accepted,
                rows_repeated=tally.repeated,
                rows_quarantined=tally.rejected + tally.contradicting,
                remarks=tally.remarks,
            )


def _write_quarantine(bench: Workbench, bundles: list[list[Feed]], load: Load, folder: Path) -> None:
    """Write the quarantine, and hold its rows against the counts of every file and table."""
    target = folder / QUARANTINE
    bench.copy(
        statement("intake/quarantine"),
        target,
        {
            "paths": [[feed.file.name for feed in bundle] for bundle in bundles],
            "hashes": [[feed.sha256 for feed in bundle] for bundle in bundles],
        },
        "format parquet, compression zstd",
    )
    found = bench.rows(statement("intake/quarantine_counts", rows=read_parquet(target)))
    counts = {(digest, table): count for digest, table, count, raws in found if count == raws}
    for file in load.files:
        quarantined = counts.get((file.sha256, file.table), 0)
        if quarantined != file.rows_quarantined or file.rows_read != file.rows_accepted + quarantined:
            raise DoesNotReconcile(
                f"{file.path} as {file.table}: {file.rows_read} rows read, {file.rows_accepted} accepted, "
                f"{quarantined} in quarantine. Nothing was loaded; please report this."
            )


def _keep_out_erased(home: Home, folder: Path, contract: Contract) -> dict[str, int]:
    """Take out what is on a tombstone: it counts as accepted and is not stored. Rows by table."""
    if not (home.root / "tombstones").is_dir():
        return {}
    from scaup.tombstones import keep_out

    return keep_out(home, folder, contract)


def _write_manifest(
    load: Load,
    adapter: str | None,
    tables: dict[str, dict[str, Any]],
    more: dict[str, Any],
    folder: Path,
) -> None:
    manifest = {
        "load_id": load.load_id,
        "loaded_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "adapter": adapter,
        "files": [asdict(file) for file in load.files],
        "tables": tables,
        **more,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _clear(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
