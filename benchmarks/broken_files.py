"""Every broken file that we were handed, through ingest: nothing crashes, nothing is lost without a word.

    python benchmarks/broken_files.py [--json]

Each file of tests/hostile/data/files.jsonl is loaded by itself into one home, as each format that ingest
reads and below a good CSV header. Either it is refused with a message that names it, and the lake is as it
was; or its accepted and quarantined rows are as many as its physical lines, counted here without any
parser (a quoted field of a CSV file may run over several lines, so there the rows are at most so many), and
the quarantine holds what was not accepted. Prints a table; exit 1 when that does not hold for one file.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT)]

from scaup.contract import read_contract  # noqa: E402
from scaup.errors import ScaupError  # noqa: E402
from scaup.home import Home  # noqa: E402
from scaup.ingest import ingest  # noqa: E402
from scaup.lake import prepare_lake  # noqa: E402
from scaup.quarantine import read_quarantine  # noqa: E402

CORPUS = PROJECT / "tests" / "hostile" / "data" / "files.jsonl"
HEADER = b"vendor_id,name,recorded_at,source_system\n"
GOOD = b"good,good,2026-03-01T00:00:00Z,test\n"
# How each file is taken: the ending of its name, and what stands before its bytes.
WAYS = {
    "jsonl": ("jsonl", b""),
    "csv": ("csv", b""),
    "csv below a good header and row": ("csv", HEADER + GOOD),
    "parquet": ("parquet", b""),
    "gzip": ("jsonl.gz", b""),
}
A_HOME = 20  # files after which a new home is begun
BOM = b"\xef\xbb\xbf"


def lines_of(data: bytes, ending: str) -> tuple[int, int]:
    """The fewest and the most rows that a text file of these bytes can have, a CSV header left out."""
    lines = data.removeprefix(BOM).split(b"\n")
    if ending.startswith("jsonl"):
        full = sum(bool(line.strip(b" \t\r")) for line in lines)
        return full, full
    rows = max(sum(line not in (b"", b"\r") for line in lines) - 1, 0)
    return (0 if b'"' in data else rows), rows


def lake_hash(home: Home) -> str:
    """A hash over every file of the lake that a reader sees."""
    digest = hashlib.sha256()
    for path in sorted(home.lake.glob("[!.]*/**/*")):
        if path.is_file():
            digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


def take(home: Home, path: Path, data: bytes, ending: str) -> tuple[str, str]:
    """Load one file. What became of it ('' and a reason when a promise is broken), and how many rows."""
    before = lake_hash(home)
    try:
        load = ingest([path], home, table="vendors", project=PROJECT)
    except ScaupError as error:
        if path.name not in str(error):
            return "", f"the refusal does not name it: {error}"
        return ("refused", "") if lake_hash(home) == before else ("", "refused, and the lake changed")
    if load.load_id is None:
        return "known", ""
    (file,) = load.files
    kept = len(read_quarantine(home, load.load_id, limit=1_000_000)[1])
    if file.rows_read != file.rows_accepted + file.rows_quarantined or kept != file.rows_quarantined:
        return "", f"{file.rows_read} read, {file.rows_accepted} accepted, {kept} in quarantine"
    fewest, most = lines_of(data, ending)
    if not fewest <= file.rows_read <= most:
        return "", f"{file.rows_read} rows of {fewest} to {most} lines"
    return "accounted for", ""


def main(arguments: Sequence[str]) -> None:
    found: Counter[tuple[str, str, str]] = Counter()
    wrong = []
    corpus = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    contract = read_contract(PROJECT)
    with tempfile.TemporaryDirectory() as folder:
        for number, row in enumerate(corpus):
            data = base64.b64decode(row["b64"])
            for place, (way, (ending, before)) in enumerate(WAYS.items()):
                # Loaded one way, the same bytes are known another way: each way has its homes. They are many,
                # because a lake of two thousand loads would be another test, and is hashed for each file.
                home = Home(Path(folder) / f"home-{place}-{number // A_HOME}")
                prepare_lake(home, contract)  # the contract's empty tables are no change of a load's
                path = Path(folder) / f"{number:04}.{ending}"
                path.write_bytes(before + data)
                try:
                    became, reason = take(home, path, before + data, ending)
                except Exception as error:  # a crash is what is looked for
                    became, reason = "", f"{type(error).__name__}: {error}"
                path.unlink()
                found[row["kind"], way, became or "WRONG"] += 1
                if not became:
                    wrong.append(f"{row['kind']} {row['name']} as {way}: {reason}")
    if "--json" not in arguments:
        print("| corpus | taken as | files | refused | accounted for | known already | wrong |")
        print("|---|---|---:|---:|---:|---:|---:|")
        for kind, way in sorted({(kind, way) for kind, way, _ in found}):
            counts = [found[kind, way, what] for what in ("refused", "accounted for", "known", "WRONG")]
            print(f"| {kind} | {way} | {sum(counts)} | {' | '.join(map(str, counts))} |")
    outcome = Counter[str]()
    for (_, _, what), count in found.items():
        outcome[what.replace(" ", "_").lower()] += count
    print(json.dumps({"files": len(corpus), "tried": outcome.total(), **outcome, "wrong": len(wrong)}))
    for one in wrong[:20]:
        print(one, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
