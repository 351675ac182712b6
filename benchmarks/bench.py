"""All benchmarks in one go: a table and a chart with the peer and the floor beside each row, in var/bench/.

    python benchmarks/bench.py [--size SIZE] [--rounds 3] [--home HOME] [WORD …]

`make bench SIZE=m` runs this. The size is that of the made world; what needs a home finds it at `--home`, or
makes, loads and builds the world first. With words, only benchmarks whose name has one of them are run
anew; the others keep their figures, their date and their revision. A page shows one size, which is the one
meant where none is named; another one begins a new page. Each benchmark lets its runners take turns and
tells medians; one that fails stops nothing, and is named. Writes bench.html and bench.json after each;
exits 1 when one failed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
SCRIPTS = PROJECT / "benchmarks"
sys.path[:0] = [str(PROJECT)]

from children import in_home  # noqa: E402
from figures import FILE, Figure, told  # noqa: E402

from scaup.charts import draw  # noqa: E402
from scaup.manifest import code_revision  # noqa: E402
from scaup.paper import templates  # noqa: E402

# rows and days to ingest; edges; events; rounds, one more costs hours; days of history, of world s; what the
# features of all requests may hold, which a build makes of few days at a time where there are many
SIZES: Mapping[str, Mapping[str, str]] = {
    "s": {
        "rows": "100000 30",
        "edges": "1000000",
        "events": "100000",
        "rounds": "3",
        "days": "30",
        "memory": "4GiB",
    },
    "m": {
        "rows": "1000000 30",
        "edges": "1000000 5000000",
        "events": "1000000",
        "rounds": "3",
        "days": "30 90",
        "memory": "4GiB",
    },
    "l": {
        "rows": "10000000 90",
        "edges": "1000000 5000000 10000000",
        "events": "10000000",
        "rounds": "1",
        "days": "30 90 365",
        "memory": "4GiB",
    },
    "xl": {
        "rows": "30000000 90",
        "edges": "10000000",
        "events": "100000000",
        "rounds": "1",
        "days": "30 90 365",
        "memory": "12GiB",
    },
}
# what is measured, its command, and what it needs that not everybody has
BENCHMARKS = (
    ("Making a world", "bench_world.py --size {size} --rounds {rounds}", ""),
    ("Ingest", "bench_ingest.py {rows}", ""),
    (
        "Features of account days",
        "bench_features.py --home {home} --rounds {rounds} --memory {memory}",
        "polars chdb",
    ),
    ("Connected components", "bench_components.py --edges {edges} --rounds {rounds}", "igraph scipy splink"),
    ("Acting in step", "bench_lockstep.py --events {events}", "coordination_network_toolkit"),
    ("Questions", "bench_questions.py --home {home} --runs {rounds} --processes 1", ""),
    ("dbt's share of a build", "bench_dbt_share.py --home {home} --rounds 1", ""),
    ("A day more", "bench_days.py --days {days}", ""),
    ("A day more, fed daily", "bench_days.py --days {days} --daily", ""),
    ("Publishing and opening", "bench_publish.py --home {home} --rounds {rounds}", ""),
)
ROLES = ("scaup", "peer", "floor")
SHOWN = 12  # cases in a chart; the table has all


@dataclass(frozen=True)
class Row:
    """One benchmark: what it measured, its command, the medians, the seconds it took, when, of which
    revision, and under which load. `failed` says why there is no more."""

    title: str
    command: str
    figures: tuple[Figure, ...]
    seconds: int
    measured_at: str
    revision: str
    load: float
    failed: str = ""

    @property
    def lines(self) -> Iterator[tuple[Figure, str, str]]:
        """Each figure with its wall and CPU time over those of Scaup in the same case."""
        for figure in self.figures:
            ours = next(
                (one for one in self.figures if one.case == figure.case and one.role == "scaup"), None
            )
            yield figure, _ratio(figure.wall, ours and ours.wall), _ratio(figure.cpu, ours and ours.cpu)

    @property
    def chart(self) -> str:
        """Wall time of each runner over Scaup's, in the cases that take Scaup longest."""
        ours = {one.case: one.wall for one in self.figures if one.role == "scaup" and one.wall}
        longest = sorted(ours, key=lambda case: -float(ours[case] or 0))[:SHOWN]
        rows = [
            {"runner": f"{one.runner} · {one.case}", "seconds": one.wall, "role": one.role}
            for case in longest
            for one in sorted(self.figures, key=lambda figure: ROLES.index(figure.role))
            if one.case == case and one.wall is not None
        ]
        if not rows:
            return ""
        chart = draw(
            "bar", rows, x="runner", y="seconds", colour="role", y_title="Seconds of wall time, median"
        )
        return chart.svg


def _ratio(one: float | None, ours: float | None) -> str:
    return f"{one / ours:.2f}" if one is not None and ours else ""


def measure(title: str, command: str, needs: str) -> Row:
    """Run one benchmark, its own table going through to whoever waits."""
    load = os.getloadavg()[0]
    now = datetime.now(UTC).isoformat(timespec="minutes")
    code = code_revision(PROJECT)
    revision = str(code["revision"])[:12] + (" with changes" if code["is_changed"] else "")
    shown = f"python benchmarks/{command}"
    if missing := [name for name in needs.split() if importlib.util.find_spec(name) is None]:
        words = f"{', '.join(missing)} not installed: pip install -e '.[bench]'"
        return Row(title, shown, (), 0, now, revision, load, words)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.jsonl"
        script, *words = shlex.split(command)
        done = subprocess.run(
            [sys.executable, str(SCRIPTS / script), *words],
            env={**os.environ, FILE: str(file), "PYTHONPATH": str(PROJECT), "SCAUP_PROJECT": str(PROJECT)},
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        figures = tuple(told(file))
    failed = "" if figures else "it told no figures"
    if done.returncode:
        last = [line for line in done.stderr.strip().splitlines() if line.strip()][-1:]
        failed = last[0] if last else f"ended with {done.returncode}"
    return Row(title, shown, figures, round(time.monotonic() - started), now, revision, load, failed)


def made_home(size: str, folder: Path) -> Path:
    """A home of the size's world, loaded and built; as it stands when it is there."""
    home = folder / f"home-{size}"
    if not (home / "snapshots" / "current").is_file():
        raw = home / "worlds" / f"{size}-7" / "raw"
        for words in (("world", "--size", size, "--seed", "7"), ("ingest", str(raw)), ("build",)):
            print(f"scaup {' '.join(words)}", flush=True)
            subprocess.run(
                [sys.executable, "-m", "scaup", *words], env=in_home(home), cwd=PROJECT, check=True
            )
    return home


def write(folder: Path, size: str, rows: Sequence[Row]) -> None:
    """The page, and the same as JSON."""
    content: dict[str, Any] = {"size": size, "rows": [asdict(row) for row in rows]}
    (folder / "bench.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    page = templates().get_template("bench.html")
    title = {"title": f"Benchmarks at size {size}"}
    text = page.render(report=title, rows=rows, size=size, cores=os.cpu_count())
    (folder / "bench.html").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--size", choices=SIZES, help="default: that of the page; s where there is none")
    parser.add_argument("--rounds", help="default: 3, and 1 from size l up")
    parser.add_argument("--home", type=Path)
    asked = parser.parse_args()
    folder = Path(os.environ.get("SCAUP_HOME") or PROJECT / "var") / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / "bench.json"
    earlier = json.loads(known.read_text(encoding="utf-8")) if known.is_file() else {"size": "s", "rows": []}
    size = asked.size or earlier["size"]
    rows = {
        row["title"]: Row(**{**row, "figures": tuple(Figure(**one) for one in row["figures"])})
        for row in (earlier["rows"] if earlier["size"] == size else [])
    }
    chosen = [one for one in BENCHMARKS if not asked.words or any(word in one[1] for word in asked.words)]
    if not chosen:
        names = ", ".join(command.split()[0] for _, command, _ in BENCHMARKS)
        sys.exit(f"No benchmark is called {' or '.join(asked.words)}. There are: {names}.")
    needs_home = any("{home}" in command for _, command, _ in chosen)
    home = asked.home or (made_home(size, folder) if needs_home else None)
    values = {**SIZES[size], "size": size, "home": shlex.quote(str(home))}
    if asked.rounds:
        values["rounds"] = asked.rounds
    failed = 0
    for title, command, needs in chosen:
        print(f"\n{title}", flush=True)
        row = rows[title] = measure(title, command.format(**values), needs)
        failed += bool(row.failed)
        if row.failed:
            print(f"FAILED: {row.failed}", flush=True)
        write(folder, size, [rows[one] for one, _, _ in BENCHMARKS if one in rows])
    print(folder / "bench.html")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
