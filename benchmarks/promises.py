"""One page with every promise, its figures, the date and the command behind each: var/promises/.

    python benchmarks/promises.py [--quick] [WORD …]       make promises

Each command ends with a line of JSON and with exit code 0 when its promise holds. `--quick` is what CI
renews at each change; without it every command runs at the size that the promise was made for. With words,
only the promises whose command has one of them are measured anew; the others stay as they were, with their
own date. Writes promises.html and promises.json; exits 1 when a promise does not hold.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT)]

from scaup.manifest import code_revision  # noqa: E402
from scaup.paper import templates  # noqa: E402

# promise, words of the command in full, words of the quick one
PROMISES = (
    ("No small count can be worked out of a published table",
     "benchmarks/attack_small_cells.py 5000", "benchmarks/attack_small_cells.py 200"),
    ("Of a broken file every row is accepted or in quarantine, or the file is refused and nothing changed",
     "benchmarks/broken_files.py --json", "benchmarks/broken_files.py --json"),
    ("A reader sees a whole snapshot, whenever publishing is killed",
     "benchmarks/kill_builds.py publish 1000", "benchmarks/kill_builds.py publish 100"),
    ("An acknowledged load is not lost, whenever ingest is killed",
     "benchmarks/kill_builds.py ingest 1000", "benchmarks/kill_builds.py ingest 100"),
    ("A reader sees a whole snapshot, whenever a build is killed, and the next build recovers",
     "benchmarks/kill_builds.py build 1000", "benchmarks/kill_builds.py build 100"),
    ("The same, with dbt and all in the killed process",
     "benchmarks/kill_builds.py whole 30", "benchmarks/kill_builds.py whole 3"),
    ("A full, read-only or forbidden disk stops a load or a build cleanly at any step, and the next recovers",
     "benchmarks/faults.py", "benchmarks/faults.py quick"),
    ("No hostile string is interpreted at any door",
     "benchmarks/hostile_doors.py --json", "benchmarks/hostile_doors.py --json"),
    ("The same rows give the same snapshot",
     "benchmarks/determinism.py s", "benchmarks/determinism.py s"),
    ("The tests notice 95 % of the small defects of every model and question",
     "benchmarks/mutate_sql.py", "benchmarks/mutate_sql.py --at-most 12"),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One promise, and what its command printed."""

    promise: str
    command: str
    holds: bool
    figures: dict[str, Any]
    seconds: int
    measured_at: str


def measure(promise: str, command: str) -> Row:
    """Run one command. A command that printed no figures did not hold."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, *command.split()], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    figures: dict[str, Any] = {}
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            figures = json.loads(line)
    holds = done.returncode == 0 and bool(figures)
    if not holds:
        print(done.stderr[-1000:], file=sys.stderr)
    now = datetime.now(UTC).isoformat(timespec="minutes")
    return Row(promise, f"python {command}", holds, figures, round(time.monotonic() - started), now)


def main(words: Sequence[str], is_quick: bool) -> None:
    folder = Path(os.environ.get("SCAUP_HOME") or PROJECT / "var") / "promises"
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / "promises.json"
    earlier = json.loads(known.read_text(encoding="utf-8"))["rows"] if words and known.is_file() else []
    rows = []
    for promise, full, quick in PROMISES:
        command = quick if is_quick else full
        if not words or any(word in command for word in words):
            rows.append(measure(promise, command))
            print(
                f"{'holds' if rows[-1].holds else 'FAILS':5}  {rows[-1].seconds:>5} s  {promise}", flush=True
            )
        else:
            rows += [Row(**row) for row in earlier if row["promise"] == promise]
    code = code_revision(PROJECT)
    told = {
        "made_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "revision": str(code["revision"])[:12] + (" with changes" if code["is_changed"] else ""),
        "rows": [asdict(row) for row in rows],
        "kept": sum(row.holds for row in rows),
    }
    (folder / "promises.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    page = templates().get_template("promises.html").render(report={"title": "Promises, measured"}, **told)
    (folder / "promises.html").write_text(page, encoding="utf-8")
    print(folder / "promises.html")
    sys.exit(0 if told["kept"] == len(rows) else 1)


if __name__ == "__main__":
    main([word for word in sys.argv[1:] if word != "--quick"], "--quick" in sys.argv[1:])
