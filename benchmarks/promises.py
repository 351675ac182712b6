"""One page with every promise, its figures, the date and the command behind each: var/promises/.

    python benchmarks/promises.py [WORD …]          make promises: each command, two at a time
    python benchmarks/promises.py --suite FILE      what a run of the tests has told (as in the Makefile)

Each command ends with a line of JSON and with exit code 0 when its promise holds. With words, only the
promises whose command has one of them are measured anew; the others keep their figures and their date. The
page is written after each command, so one that is interrupted has what came before. `make test` tells what
the tests measured of the same promises, at their size, and so CI renews the page at each change. Writes
promises.html and promises.json; exits 1 when a promise does not hold.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT)]

from scaup.errors import MissingInput  # noqa: E402
from scaup.manifest import code_revision  # noqa: E402
from scaup.paper import templates  # noqa: E402

# promise, the command that measures it, the tests that hold it at each change
PROMISES = (
    ("Of a broken file every row is accepted or in quarantine, or the file is refused and nothing changed",
     "benchmarks/broken_files.py --json", "tests/hostile/test_files.py tests/unit/test_small_files.py"),
    ("A reader sees a whole snapshot, whenever a build is killed, and the next build recovers",
     "benchmarks/kill_builds.py build 1000", "tests/unit/test_kills.py"),
    ("The same, with dbt and all in the killed process",
     "benchmarks/kill_builds.py whole 30", ""),
    ("A build that was killed and is started again has the hashes of an undisturbed one",
     "benchmarks/resume_builds.py 12", ""),
    ("A reader sees a whole snapshot, whenever publishing is killed",
     "benchmarks/kill_builds.py publish 1000", "tests/unit/test_publish.py"),
    ("An acknowledged load is not lost, whenever ingest is killed",
     "benchmarks/kill_builds.py ingest 1000", ""),
    ("A full, read-only or forbidden disk stops a load or a build cleanly at any step, and the next recovers",
     "benchmarks/faults.py", "tests/unit/test_faults.py tests/unit/test_damage.py"),
    ("A build under little memory goes by way of the disk and gives the same snapshot, or says so",
     "benchmarks/memory_limits.py --size l", ""),
    ("No hostile string is interpreted at any door",
     "benchmarks/hostile_doors.py --json", "tests/hostile/test_doors.py tests/hostile/test_values.py"),
    ("The same rows give the same snapshot",
     "benchmarks/determinism.py s", "tests/unit/test_determinism.py"),
    ("The tests notice 95 % of the small defects of every model and question",
     "benchmarks/mutate_sql.py", "tests/project/test_recorded.py"),
    ("A fault that a gate is for keeps a build from being published",
     "", "tests/unit/test_gates.py"),
    ("No small count can be worked out of a published table",
     "benchmarks/attack_small_cells.py 5000", "tests/unit/test_suppression.py"),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One promise, and what its command printed, or what its tests told."""

    promise: str
    command: str
    holds: bool
    figures: Mapping[str, Any]
    seconds: int
    measured_at: str

    @property
    def told(self) -> str:
        """The figures as words: `kills 1,000; killed during: checking 8, load 4`."""
        return "; ".join(
            _told(name, value)
            for name, value in self.figures.items()
            if name not in ("seconds", "what") and value != {}
        )


def _told(name: str, value: object) -> str:
    name = name.replace("_", " ")
    if isinstance(value, Mapping):
        return f"{name}: {', '.join(_told(key, one) for key, one in value.items())}"
    if isinstance(value, bool):
        return f"{name}: {'yes' if value else 'no'}"
    return f"{name} {value:,}" if isinstance(value, int | float) else f"{name} {value}"


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


def told_by(report: Path) -> Iterator[Row]:
    """What the tests of each promise told, by their properties; numbers of several tests are added up."""
    if not report.is_file():
        raise MissingInput(f"No report of tests at {report}. `pytest --junitxml={report}` writes one.")
    suites = list(ElementTree.parse(report).iter("testsuite"))
    ran_at = min(suite.get("timestamp", "") for suite in suites)
    moment = datetime.fromisoformat(ran_at).astimezone(UTC).isoformat(timespec="minutes")
    for promise, _, files in PROMISES:
        modules = [file.removesuffix(".py").replace("/", ".") for file in files.split()]
        cases = [case for case in suites[0].iter("testcase") if case.get("classname") in modules]
        if not cases:
            continue
        failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
        figures = {"tests": len(cases), "failed": failed}
        for one in (found for case in cases for found in case.iter("property")):
            name = str(one.get("name"))
            figures[name] = figures.get(name, 0) + int(str(one.get("value")))
        seconds = round(sum(float(case.get("time", 0)) for case in cases))
        yield Row(promise, f"pytest {files}", not failed, figures, seconds, moment)


def write(folder: Path, measured: Sequence[Row], suite: Sequence[Row]) -> None:
    """The page, and the same as JSON."""
    code = code_revision(PROJECT)
    told = {
        "made_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "revision": str(code["revision"])[:12] + (" with changes" if code["is_changed"] else ""),
    }
    tables = {"rows": [asdict(row) for row in measured], "suite": [asdict(row) for row in suite]}
    (folder / "promises.json").write_text(json.dumps({**told, **tables}, indent=1) + "\n", encoding="utf-8")
    page = templates().get_template("promises.html")
    title = {"title": "Promises, measured"}
    text = page.render(report=title, measured=measured, suite=suite, **told)
    (folder / "promises.html").write_text(text, encoding="utf-8")


def in_order(rows: Sequence[Row]) -> list[Row]:
    """In the order of the promises; those that are made no more are left out."""
    places = {promise: place for place, (promise, _, _) in enumerate(PROMISES)}
    return sorted((row for row in rows if row.promise in places), key=lambda row: places[row.promise])


def main(arguments: Sequence[str]) -> None:
    folder = Path(os.environ.get("SCAUP_HOME") or PROJECT / "var") / "promises"
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / "promises.json"
    earlier = json.loads(known.read_text(encoding="utf-8")) if known.is_file() else {}
    rows = {row["promise"]: Row(**row) for row in earlier.get("rows", [])}
    suite = [Row(**row) for row in earlier.get("suite", [])]
    if arguments[:1] == ["--suite"]:
        new = suite = list(told_by(Path(arguments[1])))
        write(folder, in_order([*rows.values()]), suite)
    else:
        chosen = [
            (promise, command)
            for promise, command, _ in PROMISES
            if command and (not arguments or any(word in command for word in arguments))
        ]
        new = []
        with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
            for done in as_completed([pool.submit(measure, *one) for one in chosen]):
                row = done.result()
                new.append(row)
                rows[row.promise] = row
                write(folder, in_order([*rows.values()]), in_order(suite))
                said = "holds" if row.holds else "FAILS"
                print(f"{said:5}  {row.seconds:>5} s  {row.promise}", flush=True)
    print(folder / "promises.html")
    was_measured = bool(new) or arguments[:1] == ["--suite"]  # some of the tests may be all that somebody ran
    sys.exit(0 if was_measured and all(row.holds for row in new) else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
