"""Whether the same rows give the same snapshot: threads, order of loads and lines, repetition. One id.

    python benchmarks/determinism.py [SIZE] [SEED]      default: s 7

A made world is built on 1, 2 and 4 threads, again in the same home, and with its files' rows shuffled and
loaded in another order. The snapshot's id is a hash over every relation's content hash, so one id means
that all of them are equal; otherwise the relations that differ are named.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from children import PROJECT, scaup

sys.path[:0] = [str(PROJECT)]

from scaup.home import Home  # noqa: E402
from scaup.warehouse import connect, open_snapshot  # noqa: E402


def shuffled(raw: Path, target: Path, seed: int) -> list[Path]:
    """A copy of the world, each file's rows in another order. Returns the tables' folders, shuffled too."""
    chance = random.Random(seed)
    for path in sorted(path for path in raw.rglob("*") if path.is_file()):
        copy = target / path.relative_to(raw)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            with connect() as connection:
                connection.read_parquet(str(path)).order("random()").write_parquet(str(copy))
            continue
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
        lines = text.splitlines(keepends=True)
        head = lines[:1] if ".csv" in path.suffixes else []
        rest = lines[len(head) :]
        chance.shuffle(rest)
        text = "".join([*head, *rest])
        copy.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    tables = sorted(target.iterdir())
    chance.shuffle(tables)
    return tables


def relations(home: Path) -> Mapping[str, Any]:
    """The content hashes of the current snapshot."""
    found: Mapping[str, Any] = open_snapshot(Home(home)).manifest["relations"]
    return found


def main(size: str, seed: str) -> None:
    ids: dict[str, str] = {}
    hashes: dict[str, Mapping[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        scaup(root / "world", "world", "--size", size, "--seed", seed)
        raw = root / "world" / "worlds" / f"{size}-{seed}" / "raw"
        scaup(root / "plain", "ingest", str(raw))
        for threads in ("1", "2", "4"):
            way = f"{threads} threads"
            ids[way] = scaup(root / "plain", "build", "--fresh", "--threads", threads)
            hashes[way] = relations(root / "plain")
        ids["again, what stands kept"] = scaup(root / "plain", "build")
        hashes["again, what stands kept"] = relations(root / "plain")
        for path in shuffled(raw, root / "shuffled", int(seed)):
            scaup(root / "other", "ingest", str(path))
        ids["rows and loads shuffled"] = scaup(root / "other", "build")
        hashes["rows and loads shuffled"] = relations(root / "other")
    first = next(iter(hashes.values()))
    differ = {
        way: sorted(name for name in first if first[name] != found.get(name)) for way, found in hashes.items()
    }
    for way, snapshot in ids.items():
        print(f"{snapshot}  {way}  {', '.join(differ[way][:8])}")
    told = {"ways": len(ids), "relations": len(first), "ids": len(set(ids.values()))}
    print(
        json.dumps(
            {**told, "relations_that_differ": len({name for names in differ.values() for name in names})}
        )
    )
    sys.exit(0 if len(set(ids.values())) == 1 else 1)


if __name__ == "__main__":
    main(*[*sys.argv[1:], *("s", "7")[len(sys.argv) - 1 :]])
