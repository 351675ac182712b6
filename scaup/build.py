"""A build: lake to checked, published snapshot. All that a reader will see is made in private first.

    lock → freeze the list of loads → keep what still holds → dbt → audit, and hash tables meanwhile
    → hide staging, hash views, add the macros → publish

Whatever goes wrong before the last step leaves the published snapshots as they were.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from scaup import (
    breaches,
    catalogue,
    growth,
    health,
    macros,
    packs,
    plan,
    prints,
    publish,
    quality,
    reuse,
    transform,
)
from scaup.audit import Audit, audit, by_rows, column_types, table_sizes
from scaup.classification import read_classification
from scaup.contract import Contract, read_contract
from scaup.errors import MissingInput, Refused, ScaupError
from scaup.home import Home
from scaup.ingest import prepare_lake
from scaup.lake import damaged_files
from scaup.manifest import Content, content, manifest_of, quarantined
from scaup.plan import DEFAULTS, Options
from scaup.project import read_catalogue
from scaup.warehouse import WAREHOUSE_FILE, connect

PRIVATE = ("staging", "dbt_test__audit")  # views on the lake; the rows of failing tests


class BuildFailed(ScaupError):
    """The machine did not let the build go on: a full or read-only disk, no memory, no right to write."""


@dataclass(frozen=True)
class Built:
    """What a build came to. `is_new` is false when the lake gave the snapshot that is already current."""

    snapshot_id: str
    folder: Path
    is_new: bool
    manifest: Mapping[str, Any]
    let_go: Sequence[str]


Say = Callable[[str], None]


def build(
    home: Home,
    project: Path,
    options: Options = DEFAULTS,
    say: Say = lambda line: None,
    progress: transform.Progress | None = None,
) -> Built:
    """Build the home's lake with the checkout's models, check it, and publish it.

    Raises Refused when a check fails (the rows are kept in staging/failed-…), BuildRunning when
    another build holds the lock, TransformFailed when dbt does not come to an end, BuildFailed when
    the machine does not let it go on.
    """
    with _failing_clearly(home), publish.build_lock(home):
        now = datetime.now(UTC)
        room = home.staging / f"{now:%Y%m%dT%H%M%S}-{os.getpid()}"
        try:
            loads = freeze_lake(home, read_contract(project), room / "lake")
            say(f"Building {len(loads)} load{'s' if len(loads) > 1 else ''} of {home.lake}.")
            manifest = _stage(home, project, room, loads, now, options, say, progress or transform.in_silence)
            # What was known then is put beside; readers go on seeing what is known now.
            is_new = publish.publish(
                home,
                room / "snapshot",
                manifest["snapshot_id"],
                becomes_current=options.as_of is None,
                renews=options.fresh or _has_erased(home),
            )
        except Exception:
            with suppress(OSError):
                packs.forget(home)  # one of them may be the reason; the next build makes them anew
            raise
        finally:
            shutil.rmtree(room, ignore_errors=True)  # of a refused build nothing is here any more
        folder = home.snapshots / manifest["snapshot_id"]
        expired = [] if options.as_of is not None else _expired(home, folder.name)
        let_go = [*expired, *publish.let_go(home, options.keep)]
        return Built(folder.name, folder, is_new, manifest, let_go)


@contextmanager
def _failing_clearly(home: Home) -> Iterator[None]:
    """Say in one message what the machine could not do. What was staged is gone by then."""
    before = publish.current_id(home)
    try:
        yield
    except (OSError, duckdb.Error) as error:
        if isinstance(error, duckdb.Error):
            _refuse_damaged(home)
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        what = "The build could not go on, and nothing was published"
        if (now := publish.current_id(home)) != before:
            what = f"{now} was published whole; what comes after that could not be done"
        raise BuildFailed(
            f"{what}: {reason}\n{_still(home)} Look whether {home.root} can be written to and has room, then "
            "build again."
        ) from error


def _has_erased(home: Home) -> bool:
    """Whether somebody was erased since the last build."""
    if not (home.root / "tombstones").is_dir():
        return False
    from scaup.tombstones import pending

    return bool(pending(home))


def _expired(home: Home, current: str) -> list[str]:
    """Let go of the snapshots that may hold what was erased since they were built."""
    if not (home.root / "tombstones").is_dir():
        return []
    from scaup.tombstones import expire_snapshots

    return expire_snapshots(home, current)


def freeze_lake(home: Home, contract: Contract, folder: Path) -> list[str]:
    """Link the loads that are in the lake now below one folder, so that a load that lands during the
    build is in all tables or in none. Returns their ids. Raises MissingInput for an empty lake."""
    prepare_lake(home, contract)
    folder.mkdir(parents=True)
    for load in sorted(home.lake.iterdir()):
        if load.is_dir() and not load.name.startswith("."):
            (folder / load.name).symlink_to(load)
    loads = [load.name for load in sorted(folder.iterdir()) if (load / "manifest.json").is_file()]
    if not loads:
        raise MissingInput(f"The lake {home.lake} has no load yet. `scaup ingest PATH…` takes files in.")
    return loads


def _stage(
    home: Home,
    project: Path,
    room: Path,
    loads: Sequence[str],
    now: datetime,
    options: Options,
    say: Say,
    progress: transform.Progress,
) -> dict[str, Any]:
    """Make the whole content of a snapshot in `room/snapshot`. Returns its manifest."""
    staged = room / "snapshot"
    staged.mkdir()
    workspace = transform.workspace_in(
        home, project, room, options.memory_limit, options.threads, options.as_of
    )
    warming = threading.Thread(target=quality.warm_up)  # importing it takes as long as a small build
    warming.start()
    kept: list[reuse.Kept] = []
    steps = plan.steps(home, workspace, room, options, say, kept)
    ran = transform.run(workspace, steps, progress, keeps_failures=True)
    done = replace(ran, nodes=(*ran.nodes, *(node for one in kept for node in plan.kept_nodes(one))))
    warming.join()
    with _open(workspace) as connection:
        more = next((one.growth for one in kept if one.growth), None)
        sealed: dict[str, Content] = {}

        def seal() -> None:
            sealed.update(growth.contents_after(connection, more))
            sealed.update(_contents(connection, table_sizes(connection), sealed, progress))

        found = _audited(home, room, done, workspace, connection, say, progress, more, seal)
        as_of = _as_of(connection)
        types = column_types(connection)
        content = catalogue.catalogue_of(done.manifest, types, read_classification(project))
        _write(staged / "catalogue.json", content)
        # Views are read when staging is gone: none of what is published may need it.
        for schema in PRIVATE:
            connection.execute(f"drop schema if exists {schema} cascade")
        contents = _contents(connection, types, sealed, progress)
        prints.add_findings(staged, contents, found.held)
        relations = {name: one.hash for name, one in contents.items()}
        if strayed := [told for one in kept for told in one.strayed(relations)]:
            raise growth.not_as_published(strayed)
        macros.publish_macros(connection, read_catalogue(staged / "catalogue.json").questions.values(), as_of)
        connection.execute("checkpoint")
    manifest = manifest_of(
        home=home,
        project=project,
        loads=loads,
        built_at=now,
        as_of=as_of,
        relations=relations,
        catalogue=content,
        checks=found.summary(),
        warehouse=staged / WAREHOUSE_FILE,
    )
    _write(staged / "manifest.json", manifest)
    _write(staged / "checks.json", found.record())
    page = health.page(manifest, found.record(), content, quarantined(home, loads))
    (staged / "health.html").write_text(page, encoding="utf-8")
    return manifest


def _audited(
    home: Home,
    room: Path,
    done: transform.Transformed,
    workspace: transform.Workspace,
    connection: duckdb.DuckDBPyConnection,
    say: Say,
    progress: transform.Progress,
    more: growth.Growth | None,
    seal: Callable[[], None],
) -> Audit:
    """Audit what dbt built, and `seal` it while it is judged. Raises Refused, with the build put aside,
    unless everything holds."""
    unbuilt = [node for node in done.failed if node.kind != "test"]
    if unbuilt:
        connection.close()
        _refuse_damaged(home)
        publish.keep_failure(room)
        told = [f"  {node.path}: {node.message.strip()}" for node in unbuilt]
        raise Refused("\n".join([_refusal(home, len(unbuilt), "model"), *told]))
    say("Checking and sealing.")
    found = audit(done.nodes, done.manifest, workspace, connection, progress, more, seal)
    if not found.holds:
        told = put_aside(room, workspace, done.manifest, found, connection)
        raise Refused("\n".join([_refusal(home, found.broken, "check"), *told]))
    for line in found.warned():
        say(line)
    return found


def put_aside(
    room: Path,
    workspace: transform.Workspace,
    manifest: Mapping[str, Any],
    found: Audit,
    connection: duckdb.DuckDBPyConnection,
) -> list[str]:
    """Keep what was refused, with the rows in breach and the questions that show them; close it. `manifest`
    is dbt's. Returns what to tell, a line each."""
    broken = breaches.breaches(found, manifest, workspace, connection)
    first = breaches.keep(connection, broken)
    as_of = _as_of(connection)
    types = column_types(connection)
    connection.close()
    content = catalogue.catalogue_of(manifest, types, read_classification(workspace.project))
    _write(room / "snapshot" / "catalogue.json", content)
    kept = publish.keep_failure(room)
    aside = {"snapshot_id": kept.name, "as_of": as_of.isoformat(), "checks": found.summary()}
    _write(kept / "snapshot" / "manifest.json", aside)
    told = list(breaches.told(broken, first, kept.name))
    if left := found.unbuilt:
        names = growth.some_of(left)
        told.append(f"  Not built or judged, because what they read did not hold: {names}.")
    return told


def _refuse_damaged(home: Home) -> None:
    """Raise Refused when files of the lake cannot be read: they are the reason why a build failed."""
    if damaged := damaged_files(home.lake):
        told = "\n".join(f"  {one.told}" for one in damaged)
        raise Refused(f"The lake is damaged, so nothing was published. {_still(home)}\n{told}")


def _open(workspace: transform.Workspace) -> duckdb.DuckDBPyConnection:
    return connect(
        workspace.warehouse,
        memory_limit=workspace.memory_limit,
        threads=workspace.threads,
        spill=workspace.spill,
    )


def _contents(
    connection: duckdb.DuckDBPyConnection,
    names: Iterable[str],
    known: Mapping[str, Content],
    progress: transform.Progress,
) -> dict[str, Content]:
    """The content of those relations that are published; `known` is not read again."""
    sizes = table_sizes(connection)
    published = [name for name in names if name.split(".")[0] not in PRIVATE]
    told = by_rows(progress, "sealed", {name: sizes.get(name, 0) for name in published if name not in known})
    contents = dict(known)
    for name in published:
        if name not in known:
            contents[name] = _content(connection, name)
            told(name)
    return {name: contents[name] for name in published}


def _content(connection: duckdb.DuckDBPyConnection, relation: str) -> Content:
    try:
        return content(connection, relation)
    except duckdb.Error as error:
        raise Refused(
            f"{relation} cannot be read without staging: {error}\nWhat is published has to be a table, "
            "or a view on published tables only."
        ) from error


def _as_of(connection: duckdb.DuckDBPyConnection) -> datetime:
    """The latest instant that the lake knows of; 1970 when it knows of none, which no check lets pass, or
    when a test stopped the build before it was asked."""
    try:
        ((moment,),) = connection.execute("select as_of from intermediate.int_snapshot_clock").fetchall()
    except duckdb.CatalogException:
        moment = None
    return datetime.fromtimestamp(moment.timestamp() if moment else 0, UTC)


def _refusal(home: Home, count: int, what: str) -> str:
    return f"{count} {what}{'s' if count > 1 else ''} failed, so nothing was published. {_still(home)}"


def _still(home: Home) -> str:
    current = publish.current_id(home)
    return f"Readers still see {current}." if current else "There is no snapshot yet."


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
