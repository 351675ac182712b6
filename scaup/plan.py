"""What a build does with what is there: which tables it keeps, adds to, makes in blocks, or makes again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scaup import blocks, canaries, growth, heavy_end, packs, prints, publish, reuse, transform
from scaup.home import Home
from scaup.publish import KEPT_SNAPSHOTS

FEWEST_BLOCKS = 3  # fewer are made in one go
Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """How a build may use the machine, how many snapshots stay, whether all is computed afresh, up to
    when rows are known: all of them, or those recorded before `as_of`; and the folder of what Spark built."""

    keep: int = KEPT_SNAPSHOTS
    memory_limit: str = "4GiB"
    threads: int = 2
    fresh: bool = False
    as_of: datetime | None = None
    heavy_end: Path | None = None


DEFAULTS = Options()


def steps(
    home: Home,
    workspace: transform.Workspace,
    room: Path,
    options: Options,
    say: Say,
    keeps: list[reuse.Kept],
) -> Iterator[Sequence[str]]:
    """dbt's commands: read the project; build what no earlier build has and check all; compile.
    What was taken over goes into `keeps`."""
    yield transform.PARSE
    manifest = transform.read_manifest(workspace)
    known = prints.prints_of(manifest, workspace.project, workspace.lake)
    loads = prints.loads_of(workspace.lake)
    earlier = [] if options.fresh else list(prints.earlier_builds(home, room))
    in_blocks = {prints.called(node): node for node in blocks.models_in_blocks(manifest)}
    more = _growth(workspace, options, known, earlier, loads, in_blocks)
    parts = [] if more or options.heavy_end else blocks.blocks_of(workspace.lake)
    if len(parts) < FEWEST_BLOCKS:
        parts = []
    copies = more.copies if more else 0
    added = [*(more.relations if more else ()), *(in_blocks if parts else ())]
    prints.write_prints(known, room / "snapshot", loads, added, copies)
    for load in more.loads if more else ():
        (workspace.new_loads / load).symlink_to((workspace.lake / load).resolve())
    if options.fresh:
        packs.forget(home)
    spill, memory_limit = workspace.spill, workspace.memory_limit
    if not parts:
        limits = {"spill": spill, "memory_limit": memory_limit, "threads": workspace.threads}
        packs.use(home, workspace.lake, loads, say, **limits)
    read: tuple[str, ...] = ()
    if options.heavy_end is not None:
        taken = heavy_end.take_over(
            options.heavy_end, known, workspace.warehouse, spill=spill, memory_limit=memory_limit
        )
        read = taken.relations
        keeps.append(taken.kept)
        for line in taken.lines:
            say(line)
    others = {name: one for name, one in known.items() if name not in read}
    kept = reuse.carry_over(
        others, earlier, workspace.warehouse, more, spill=spill, memory_limit=memory_limit
    )
    # Only now, because dead builds may have held finished tables.
    publish.clear_dead_builds(home, but=(room, workspace.link))
    keeps.append(kept)
    for line in kept.lines:
        say(line)
    carried = [
        transform.selected(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and prints.called(node) in (*kept.carried, *read)
    ]
    made = [node for name, node in in_blocks.items() if name not in kept.carried]
    alone: tuple[str, ...] = ()
    if parts and made:
        alone = ("--threads", "1")  # two large statements at once would have half of the memory each
        yield from blocks.steps(workspace, parts, made, (*carried, *alone), say)
        carried += [transform.selected(node) for node in made]
        prints.write_prints(known, room / "snapshot", loads)  # they are whole now
    yield (*(transform.ADD if more else transform.BUILD), *carried, *alone)
    # A canary sings on the SQL of this build, also where the signal's own table was taken over.
    silent = canaries.uncompiled(manifest, workspace.target)
    yield (*transform.COMPILE_QUESTIONS, *(transform.selected(node) for node in silent))


def kept_nodes(kept: reuse.Kept) -> list[transform.Node]:
    """The models that were not run because an earlier build's table holds."""
    return [
        transform.Node(
            name=relation.split(".")[-1],
            kind="model",
            status="kept",
            message=earlier.name,
            failures=None,
            rows_in=None,
            path="",
            seconds=0.0,
        )
        for relation, earlier in kept.carried.items()
    ]


def _growth(
    workspace: transform.Workspace,
    options: Options,
    known: Mapping[str, prints.Print],
    earlier: Sequence[prints.Earlier],
    loads: Mapping[str, str],
    in_blocks: Collection[str],
) -> growth.Growth | None:
    """What stays and what the build adds to. Nothing in a build of what was known then, or when so much is
    new, or touched by a release, or of another model than before, that it had better be made in blocks."""
    if options.heavy_end or options.as_of:
        return None
    more = growth.growth_of(known, earlier, loads)
    if more is None:
        return None
    since = growth.released_since(workspace.lake, more)
    is_whole = not set(in_blocks) <= {*more.relations, *more.kept}
    lake = blocks.blocks_of(workspace.lake) if since or is_whole else []
    made = [block for block in lake if is_whole or block.last_day >= str(since)]
    new = blocks.blocks_of(workspace.lake, more.loads)
    return more if max(len(new), len(made)) < FEWEST_BLOCKS else None
