"""Builds of a made world killed at random moments and started again: the same hashes as undisturbed?

    python benchmarks/resume_builds.py [KILLS] [SIZE] [SEED]      default: 12 s 7

One build of the world runs undisturbed. Then, with nothing published, a build is killed, dbt and all, once or
twice, each at a random moment of what an undisturbed one takes, and the one after it runs to its end. Every
relation's content hash is held against the undisturbed build's, and it is said how many tables were taken
over from the killed ones. Ends with one line of JSON; exit 1 when a hash differs or something is left behind.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from children import PROJECT, in_home, scaup
from determinism import relations

KEPT = "of a build that was interrupted"


def begin(home: Path) -> subprocess.Popen[str]:
    """`scaup build` in a home, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "scaup", "build"],
        env=in_home(home),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def killed(home: Path, after: float) -> bool:
    """Begin a build and kill it so many seconds later; whether it was still at work."""
    process = begin(home)
    try:
        process.communicate(timeout=after)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)  # it alone: what it started has to notice by itself
        process.communicate()
        return True


def finished(home: Path) -> int:
    """Build to the end; how many tables were taken over from builds that were killed."""
    process = begin(home)
    _, told = process.communicate()
    if process.returncode:
        sys.exit(f"The build after a kill failed:\n{told[-2000:]}")
    lines = [line for line in told.splitlines() if line.startswith("Keeping ") and KEPT in line]
    return sum(int(line.split()[1]) for line in lines)


def main(kills: str = "12", size: str = "s", seed: str = "7") -> None:
    chance, started = random.Random(int(seed)), time.monotonic()
    tries = done = kept = 0
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        scaup(home, "world", "--size", size, "--seed", seed)
        scaup(home, "ingest", str(home / "worlds" / f"{size}-{seed}" / "raw"))
        began = time.monotonic()
        scaup(home, "build")
        lasted = time.monotonic() - began
        undisturbed = relations(home)
        while done < int(kills):
            for name in ("snapshots", "staging"):
                shutil.rmtree(home / name)
            tries += 1
            times = min(1 + tries % 2, int(kills) - done)
            done += sum(killed(home, chance.uniform(0.0, lasted)) for _ in range(times))
            kept += (taken := finished(home))
            found = relations(home)
            differ = [name for name in undisturbed if found.get(name) != undisturbed[name]]
            left = [path.name for path in (home / "staging").iterdir() if not path.is_symlink()]
            wrong += [f"try {tries}: {name} differs" for name in differ]
            wrong += [f"try {tries}: {name} is left in staging" for name in left]
            print(
                f"{done} kills, {taken} tables taken over, {len(differ)} differ", file=sys.stderr, flush=True
            )
    told = {"kills": done, "builds": tries, "tables_taken_over": kept, "relations": len(undisturbed)}
    print(json.dumps({**told, "wrong": len(wrong), "seconds": round(time.monotonic() - started)}))
    for line in wrong[:10]:
        print(line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
