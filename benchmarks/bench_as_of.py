"""Does `scaup build --as-of T` give what was published at T, on a world with late and corrected rows?

    python benchmarks/bench_as_of.py        # two minutes; a line for each relation that differs

One home takes the whole world in and builds it as of T. The other takes only the rows that had been
recorded before T, the loads then known, and builds it as one would have then. All content hashes must
be equal.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import duckdb
from children import scaup

from scaup.warehouse import quoted

MOMENT = "2026-05-10T00:00:00+00:00"


def relations(home: Path, snapshot_id: str) -> dict[str, dict[str, object]]:
    """Rows and content hash of every relation of a snapshot."""
    manifest = json.loads((home / "snapshots" / snapshot_id / "manifest.json").read_text())
    found: dict[str, dict[str, object]] = manifest["relations"]
    return found


def known_then(raw: Path, folder: Path) -> tuple[int, int]:
    """Copy what had been recorded before MOMENT. Returns the rows of all files, and those copied."""
    readers = {".parquet": "read_parquet", ".jsonl": "read_json_auto", ".csv": "read_csv_auto"}
    total = copied = 0
    for path in sorted(raw.rglob("*.*")):
        kind = next(kind for kind in readers if kind in path.name)
        target = folder / path.relative_to(raw)
        target.parent.mkdir(parents=True, exist_ok=True)
        # As text, so that what is written is what was read.
        options = ", all_varchar = true" if kind == ".csv" else ", convert_strings_to_integers = false"
        rows = f"{readers[kind]}({quoted(path)}{'' if kind == '.parquet' else options})"
        kept = f"{rows} where recorded_at::timestamptz < {quoted(MOMENT)}::timestamptz"
        form = {".parquet": "parquet", ".jsonl": "json", ".csv": "csv"}[kind]
        zipped = ", compression gzip" if path.suffix == ".gz" else ""
        total += duckdb.sql(f"from {rows}").count("*").fetchall()[0][0]
        count = duckdb.execute(f"copy (from {kept}) to {quoted(target)} (format {form}{zipped})").fetchall()
        copied += count[0][0]
        if not count[0][0]:
            target.unlink()
    return total, copied


def main() -> None:
    """Build both ways and say what differs."""
    duckdb.execute("set TimeZone = 'UTC'")
    with tempfile.TemporaryDirectory() as room:
        later, then = Path(room) / "later", Path(room) / "then"
        scaup(later, "world", "--size", "s", "--seed", "7")
        raw = later / "worlds" / "s-7" / "raw"
        total, copied = known_then(raw, Path(room) / "raw_then")
        scaup(later, "ingest", str(raw))
        scaup(then, "ingest", str(Path(room) / "raw_then"))
        as_of = relations(later, scaup(later, "build", "--as-of", MOMENT))
        published = relations(then, scaup(then, "build"))
        differ = [name for name in published if published[name] != as_of.get(name)]
        print(f"{copied:,} of {total:,} raw rows had been recorded before {MOMENT}")
        for name in differ:
            print(f"differs: {name}: {published[name]} then, {as_of.get(name)} as of")
        print(f"{len(published) - len(differ)} of {len(published)} relations are the same")
        sys.exit(1 if differ or set(as_of) != set(published) else 0)


if __name__ == "__main__":
    main()
