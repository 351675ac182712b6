"""Kill `seal` at random moments and look at what is there.

    python benchmarks/bench_seal_kills.py CASE [--home HOME] [--times 200] [--seed 7]

A process that has everything imported forks a child per attempt; the child seals, and is killed with
SIGKILL at a moment drawn over twice the time that sealing takes. After every kill each
package that lies there has to verify and to be, byte by byte, the one that an undisturbed seal gives, and
the case's log has to hold. Exits with 1 when not.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from scaup.cases import find_case
from scaup.casework import desk
from scaup.home import Home, find_home
from scaup.keys import key_folder, known_keys, signing_key
from scaup.seal import seal
from scaup.verifier import verify

# Imports all that sealing needs, then forks on every line that it reads. No connection is open when it forks.
ZYGOTE = """
import os, sys
from pathlib import Path
import scaup.answers, scaup.package, scaup.renditions, scaup.suppression, jinja2, duckdb
from scaup.casework import desk
from scaup.home import Home
from scaup.seal import seal
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            seal(desk(Home(Path(sys.argv[1]))), sys.argv[2], "legal")
        finally:
            os._exit(0)
    print(child, flush=True)
    sys.stdin.readline()  # until then the child's number stays its own, dead or alive
    os.waitpid(child, 0)
    print("gone", flush=True)
"""


@dataclass(frozen=True)
class Kills:
    """What came of the kills: how many seals were done before, and what was wrong (never anything)."""

    times: int
    finished: int
    wrong: tuple[str, ...]
    seconds: float


def kill_often(home: Home, case_id: str, times: int, seed: int = 7) -> Kills:
    """Seal the case `times` times, each killed at a random moment."""
    folder = home.packages
    reference = seal(desk(home), case_id, "legal")
    content = reference.path.read_bytes()
    key = known_keys(key_folder())[signing_key(key_folder()).name]
    words = [sys.executable, "-c", ZYGOTE, str(home.root), case_id]
    numbers, seen = random.Random(seed), Counter[str]()
    wrong: list[str] = []
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as zygote:
        took = [_attempt(zygote, None) for _ in range(3)][-1]
        for attempt in range(times):
            for path in folder.glob("*.zip*"):
                path.unlink()
            _attempt(zygote, numbers.uniform(0, took * 2))
            packages = list(folder.glob("*.zip"))
            seen["finished"] += len(packages)
            for path in packages:
                if not verify(path, key).holds or path.read_bytes() != content:
                    wrong.append(f"kill {attempt}: {path.name} is there and is not whole")
            logged = [entry for entry in find_case(home, case_id).log if entry.event == "sealed"]
            if packages and logged[-1].facts["sha256"] != reference.sha256:
                wrong.append(f"kill {attempt}: a package is there that the log does not know")
    again = seal(desk(home), case_id, "legal")
    if again.sha256 != reference.sha256:
        wrong.append("after the kills the case is sealed into another package")
    if left := [path.name for path in folder.glob(".*")]:
        wrong.append(f"{len(left)} unfinished files were left after a seal that finished")
    return Kills(times, seen["finished"], tuple(wrong), took)


def _attempt(zygote: subprocess.Popen[str], delay: float | None) -> float:
    """One seal, killed after `delay` seconds (None = left alone). Returns how long it lived."""
    assert zygote.stdin and zygote.stdout
    zygote.stdin.write("seal\n")
    zygote.stdin.flush()
    child, began = int(zygote.stdout.readline()), time.monotonic()
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    zygote.stdin.write("wait\n")
    zygote.stdin.flush()
    assert zygote.stdout.readline() == "gone\n"
    return time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("case")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    done = kill_often(find_home(given.home), given.case, given.times, given.seed)
    print(f"{done.times} kills over {done.seconds * 2:.2f} s; {done.finished} seals had finished before")
    print(f"packages that verify and are not complete: {len(done.wrong)}")
    for line in done.wrong:
        print(line)
    return 1 if done.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
