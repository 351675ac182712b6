"""The small files of old loads, together, for builds to read.

Every statement of a build opens all files of a raw table: a lake that is fed daily has one for each day. So a
build puts those of 64 loads in a row into one file a table, and of what is left those of 8, and reads these.
A table of large files is left as it is. Packs are copies: the lake stays the one place where rows are, and
whoever changes it (an erasure, a load taken out) forgets all packs first.

    packs/<first load>--<last load>/pack.json              {"loads": {"20260301T…": hash of its files}}
    packs/<first load>--<last load>/<table>/part-0.parquet
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from scaup.home import Home
from scaup.lake import sync
from scaup.warehouse import connect, quoted
from scaup.workbench import read_parquet

BATCHES = (64, 8)  # loads in a pack
MOST = 2 << 20  # bytes a load of a table that is packed, in the mean
MARK = "pack.json"


def use(home: Home, lake: Path, loads: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Have a build read packs: put them into its folder of links to loads, in the place of what they hold.

    `loads` are those in the folder, with the hash that tells their files (`prints.loads_of`). Makes the packs
    that are missing, and drops those that hold other files. Only for the holder of the build lock.
    """
    wanted = {f"{batch[0]}--{batch[-1]}": {load: loads[load] for load in batch} for batch in _batches(loads)}
    for folder in home.packs.glob("*/"):
        if folder.name not in wanted or _held(folder) != wanted[folder.name]:
            shutil.rmtree(folder)
    missing = [batch for name, batch in wanted.items() if not (home.packs / name).is_dir()]
    if missing:
        say(f"Putting the small files of {sum(map(len, missing))} loads together.")
    for batch in missing:
        _make(home, lake, batch)
    for name, batch in wanted.items():
        pack = home.packs / name
        held = {path.name for path in pack.iterdir() if path.is_dir()}
        for load in batch:
            _link_others(lake / load, held)
        (lake / name).symlink_to(pack)


def forget(home: Home) -> None:
    """Remove all packs: something in the lake changes, or one of them may not be readable."""
    shutil.rmtree(home.packs, ignore_errors=True)
    if home.packs.exists():
        shutil.rmtree(home.packs)  # says why not


def _batches(loads: Iterable[str]) -> Iterator[list[str]]:
    """The loads in the order in which they came, in the largest batches first; what is left is in none."""
    rest = sorted(loads)
    for size in BATCHES:
        while len(rest) >= size:
            yield rest[:size]
            rest = rest[size:]


def _held(folder: Path) -> object:
    """What a pack says that it holds; nothing, for what a killed build left."""
    mark = folder / MARK
    return json.loads(mark.read_text(encoding="utf-8"))["loads"] if mark.is_file() else None


def _make(home: Home, lake: Path, loads: Mapping[str, str]) -> None:
    """Make a pack of some loads, which is there whole or not at all."""
    first, *_, last = loads
    draft = home.packs / f".{secrets.token_hex(4)}"
    draft.mkdir(parents=True)
    tables = {path.name for load in loads for path in (lake / load).iterdir() if path.is_dir()}
    with connect() as connection:
        for table in sorted(tables):
            files = [path for load in loads for path in sorted((lake / load / table).rglob("*.parquet"))]
            if len(files) > 1 and sum(path.stat().st_size for path in files) <= MOST * len(loads):
                target = draft / table / "part-0.parquet"
                target.parent.mkdir()
                rows = read_parquet(*files, options=", union_by_name = true")
                connection.execute(
                    f"copy (from {rows}) to {quoted(target)} (format parquet, compression zstd)"
                )
                sync(target)
    (draft / MARK).write_text(json.dumps({"loads": loads}, indent=1) + "\n", encoding="utf-8")
    sync(draft / MARK)
    draft.rename(home.packs / f"{first}--{last}")


def _link_others(link: Path, held: set[str]) -> None:
    """Make the link to a load a folder of links to those of its tables that its pack does not hold."""
    load = link.resolve()
    others = [path for path in load.iterdir() if path.is_dir() and path.name not in held]
    link.unlink()
    for path in others:
        link.mkdir(exist_ok=True)
        (link / path.name).symlink_to(path)
