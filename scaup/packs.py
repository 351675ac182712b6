"""The small files of old loads, together, for builds to read.

Every statement of a build opens all files of a raw table: a lake that is fed daily has one for each day. So a
build puts those of many loads in a row into one file a table, and of what is left those of a few, and reads
these (BATCHES).
A load's large tables are left as they are. Packs are copies: the lake stays the one place where rows are, and
whoever changes it (an erasure, a load taken out) forgets all packs first.

    packs/<first load>--<last load>/<table>/part-0.parquet
    packs/<first load>--<last load>/pack.json    {"loads": {"20260301T…": hash of its files},
                                                  "tables": {"logins": {"bytes": …, "loads": ["20260301T…"]}}}
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scaup.home import Home
from scaup.lake import sync
from scaup.warehouse import connect, quoted
from scaup.workbench import read_parquet

BATCHES = (64, 8)  # loads in a pack
MOST = 2 << 20  # bytes of a table in a load that is packed
MARK = "pack.json"
FILE = "part-0.parquet"
LOADS = "loads"  # beside a build's folder of links: the loads themselves, for what tells one from another


def use(home: Home, lake: Path, loads: Mapping[str, str], say: Callable[[str], None], **limits: Any) -> None:
    """Have a build read packs: put them into its folder of links to loads, in the place of what they hold.

    `loads` are those in the folder, with the hash that tells their files (`prints.loads_of`); `limits` are
    what DuckDB may use (`warehouse.connect`). Makes the packs that are missing, and drops those that are not
    whole or hold other files. Only for the holder of the build lock.
    """
    links = lake.with_name(LOADS)
    links.mkdir()
    for link in lake.iterdir():
        (links / link.name).symlink_to(link.resolve())
    wanted = {f"{batch[0]}--{batch[-1]}": {load: loads[load] for load in batch} for batch in _batches(loads)}
    for folder in home.packs.glob("*/"):
        if folder.name not in wanted or _told(folder).get("loads") != wanted[folder.name]:
            shutil.rmtree(folder)
    missing = [batch for name, batch in wanted.items() if not (home.packs / name).is_dir()]
    if missing:
        say(f"Putting the small files of {sum(map(len, missing))} loads together.")
    for batch in missing:
        _make(home, lake, batch, limits)
    for name, batch in wanted.items():
        tables = _told(home.packs / name)["tables"]
        for load in batch:
            _link_others(lake / load, {table for table, one in tables.items() if load in one["loads"]})
        (lake / name).symlink_to((home.packs / name).resolve())


def forget(home: Home) -> None:
    """Remove all packs: something in the lake changes, or one of them may not be readable. Before the first
    file of one goes, its name does."""
    for folder in home.packs.glob("*/"):
        gone = folder.rename(folder.with_name(f".{secrets.token_hex(4)}"))
        shutil.rmtree(gone)


def _batches(loads: Iterable[str]) -> Iterator[list[str]]:
    """The loads in the order in which they came, in the largest batches first; what is left is in none."""
    rest = sorted(loads)
    for size in BATCHES:
        while len(rest) >= size:
            yield rest[:size]
            rest = rest[size:]


def _told(folder: Path) -> dict[str, Any]:
    """What a pack says of itself; nothing, where a file is not as it says, or a killed build left it."""
    try:
        told: dict[str, Any] = json.loads((folder / MARK).read_text(encoding="utf-8"))
        sizes = {table: (folder / table / FILE).stat().st_size for table in told["tables"]}
        return told if all(one["bytes"] == sizes[table] for table, one in told["tables"].items()) else {}
    except (OSError, ValueError, KeyError):
        return {}


def _make(home: Home, lake: Path, loads: Mapping[str, str], limits: Mapping[str, Any]) -> None:
    """Make a pack of some loads, which is there whole or not at all."""
    first, *_, last = loads
    draft = home.packs / f".{secrets.token_hex(4)}"
    draft.mkdir(parents=True)
    tables: dict[str, Any] = {}
    folders = {path.name for load in loads for path in (lake / load).iterdir() if path.is_dir()}
    with connect(**limits) as connection:
        for table in sorted(folders):
            files = {load: sorted((lake / load / table).rglob("*.parquet")) for load in loads}
            small = [load for load in loads if 0 < sum(one.stat().st_size for one in files[load]) <= MOST]
            if len(small) > 1:
                target = draft / table / FILE
                target.parent.mkdir()
                of_table = [path for load in small for path in files[load]]
                rows = read_parquet(*of_table, options=", union_by_name = true")
                connection.execute(
                    f"copy (from {rows}) to {quoted(target)} (format parquet, compression zstd)"
                )
                tables[table] = {"bytes": target.stat().st_size, "loads": small}
                sync(target)
                sync(target.parent)
    told = {"loads": loads, "tables": tables}
    (draft / MARK).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    sync(draft / MARK)
    sync(draft)
    draft.rename(home.packs / f"{first}--{last}")


def _link_others(link: Path, held: set[str]) -> None:
    """Make the link to a load a folder of links to those of its tables that its pack does not hold."""
    load = link.resolve()
    others = [path for path in load.iterdir() if path.is_dir() and path.name not in held]
    link.unlink()
    for path in others:
        link.mkdir(exist_ok=True)
        (link / path.name).symlink_to(path)
