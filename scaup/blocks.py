"""A lake with more requests than one statement should take on: they are added in blocks of days.

Where all of `int_requests` is made at once, its rows and their gaps are joined, and both sides spill: a
hundred million requests take sixty gigabytes of disk to make five. A block of days fits into memory. So a
build of a large lake first makes the models with `in_blocks` of the first block, adds one block after the
other to them, as it adds a day that comes later, and then makes all the rest.

    lake/<load>/requests/day=…/   links to the files of the blocks so far, in the build's private folder
    new_loads/<load>/requests/…   links to those of the block that is added
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from scaup import transform
from scaup.lake import CONTRACT
from scaup.statements import statement
from scaup.warehouse import connect

TABLE = "requests"
Say = Callable[[str], None]

ROWS = 12_000_000  # of one block, or of a day that has more; about 4 GiB with their gaps


@dataclass(frozen=True)
class Block:
    """Some days of requests: the files that hold them, and how many rows these have."""

    first_day: str
    last_day: str
    files: tuple[Path, ...]
    rows: int


def blocks_of(lake: Path, loads: Sequence[str] | None = None) -> list[Block]:
    """The requests of a folder of links to loads, all or some, in blocks of days; the earliest first."""
    chosen = ["*"] if loads is None else [load for load in loads if (lake / load / TABLE).is_dir()]
    if not chosen:
        return []
    files = [f"{lake}/{load}/{TABLE}/**/*.parquet" for load in chosen]
    with connect() as connection:
        found = connection.execute(statement("reuse/rows_of_files"), {"files": files}).fetchall()
    blocks: list[Block] = []
    for day, group in groupby(found, key=lambda row: row[0]):
        of_day = [(Path(path).resolve(), rows) for _, path, rows in group]
        one = Block(day, day, tuple(path for path, _ in of_day), sum(rows for _, rows in of_day))
        if blocks and blocks[-1].rows + one.rows <= ROWS:
            last = blocks.pop()
            one = Block(last.first_day, day, last.files + one.files, last.rows + one.rows)
        blocks.append(one)
    return blocks


def models_in_blocks(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The models that are made so, as dbt's manifest has them."""
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"].get("meta", {}).get("in_blocks")
    ]


def steps(
    workspace: transform.Workspace,
    blocks: Sequence[Block],
    models: Sequence[Mapping[str, Any]],
    others: Sequence[str],
    say: Say,
) -> Iterator[tuple[str, ...]]:
    """dbt's commands, one for each block. `others` selects what is not to be made, and ends with options."""
    names = [f"+{transform.selected(node)}" for node in models]
    chosen = ("--select", *names, "--exclude", "resource_type:test", "resource_type:unit_test", *others)
    _unlink_requests(workspace.lake)
    for number, block in enumerate(blocks, start=1):
        for file in block.files:
            place = Path(*file.parts[-4:])  # <load>/requests/day=…/part-0.parquet
            for folder in (workspace.lake, workspace.new_loads):
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                (folder / place).symlink_to(file)
        days = f"{block.first_day} to {block.last_day}"
        say(f"Requests of {days}, {block.rows:,}: block {number} of {len(blocks)}.")
        yield ("build", *(("--full-refresh",) if number == 1 else ()), *chosen)
        for link in workspace.new_loads.glob(f"*/{TABLE}/day=*/*"):
            link.unlink()


def _unlink_requests(lake: Path) -> None:
    """Make the links to loads folders of links, without the requests."""
    for link in list(lake.iterdir()):
        load = link.resolve()
        if (load / TABLE).is_dir() and link.name != CONTRACT:
            link.unlink()
            link.mkdir()
            for path in load.iterdir():
                if path.name != TABLE:
                    (link / path.name).symlink_to(path)
