"""A disk that is full, read-only or forbidden at each step of a load and of a build, and what comes of it.

    python benchmarks/faults.py [load] [build] [quick]      default: both, and each call

Three ways to fail. *Each call*: the n-th time that the work makes, opens for writing, renames or syncs
something in the home, the operating system refuses, once or from then on; n goes up until nothing is left
to refuse. *Sizes*: no file may grow beyond so many bytes, which also meets what DuckDB and dbt write. *Real
disks*: the home lies on a small disk of its own that is all but full, or mounted read-only; needs the right
to mount in a namespace (`unshare`), and says so when it has not.

After each fault: one clear message, no crash; a load is in the lake as a whole or not at all, and as the
command said; readers open the snapshot that the command said they do, and its rows are those of its
manifest. Then the disk is mended, and the next load and build succeed, with every row in the snapshot and
nothing left in staging. dbt's part is played, as in kill_builds.py. Exit 1 when that did not hold once.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "tests" / "unit")]

from kill_builds import incoming, lost_loads  # noqa: E402
from played import played  # noqa: E402
from small import add_requests, small_project  # noqa: E402

from scaup import publish, quality, transform  # noqa: E402
from scaup.build import build  # noqa: E402
from scaup.errors import ScaupError  # noqa: E402
from scaup.home import Home  # noqa: E402
from scaup.ingest import ingest  # noqa: E402
from scaup.lake import manifests  # noqa: E402
from scaup.warehouse import open_snapshot  # noqa: E402

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGING = {"os.mkdir", "os.rename", "os.symlink", "os.link", "os.chmod", "os.truncate"}
REMOVING = {"os.remove", "os.rmdir"}  # a full disk lets them
SIZES = {
    "load": (0, 300, 600, 1_000, 1_500, 2_000, 2_500, 3_000, 4_000, 6_000),
    "publish_one": (0, 1_000, 5_000, 12_000, 20_000, 50_000, 200_000, 400_000, 800_000, 1_500_000, 3_000_000),
}
FREE = (0, 4, 8, 16, 32, 48, 64, 96, 128, 256, 512, 768, 1024, 1536, 2048, 3072)  # KiB left on a real disk
MORE_THAN_ENOUGH = 100_000
Work = Callable[[Home, Path], str]


@dataclass
class Tally:
    """What came of one kind of fault: runs, clear refusals, runs that the fault did not stop, broken ones."""

    runs: int = 0
    refused: int = 0
    unharmed: int = 0
    wrong: list[str] = field(default_factory=list)
    at: Counter[str] = field(default_factory=Counter)


def load(home: Home, project: Path) -> str:
    """One new load, of a file that lies outside the home; its id."""
    return str(ingest([home.root.parent / "incoming" / "1"], home, project=project).load_id)


def publish_one(home: Home, project: Path) -> str:
    """A build of what is in the lake; its id."""
    transform.run = played
    return build(home, project).snapshot_id


@contextmanager
def refusing(root: Path, call: int, code: int, once: bool) -> Iterator[dict[str, Any]]:
    """From the `call`-th change below `root` on, or that one time, the operating system says no.

    Counts the changes on the way. An audit hook stays for ever, so this is for a process of its own.
    """
    told: dict[str, Any] = {"count": 0, "at": None}
    real_sync = os.fsync

    def refuse(what: str, path: str) -> None:
        told["count"] += 1
        if told["count"] == call or (told["count"] > call and not once):
            name = path.removeprefix(str(root))
            told["at"] = told["at"] or f"{what} {'/'.join(Path(name).parts[1:3])}"
            raise OSError(code, os.strerror(code), path)

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(given[0], str) and (given[2] or 0) & WRITING:
            path = given[0]
        elif event in CHANGING or (code == errno.EROFS and event in REMOVING):
            path = os.fspath(given[1] if event in ("os.rename", "os.symlink", "os.link") else given[0])
        else:
            return
        if str(path).startswith(str(root)):
            refuse(event.removeprefix("os."), str(path))

    def sync(handle: int) -> None:
        path = str(Path(f"/proc/self/fd/{handle}").readlink())
        if path.startswith(str(root)):
            refuse("fsync", path)
        real_sync(handle)

    os.fsync = sync  # type: ignore[assignment]
    sys.addaudithook(hook)
    yield told


def apart(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do something in a fork of this process; what it told, or that it crashed."""
    heard, told = os.pipe()
    if (child := os.fork()) == 0:
        try:
            content = work()
        except BaseException as error:
            content = {"crash": f"{type(error).__name__}: {error}"}
        os.write(told, json.dumps(content).encode())
        os._exit(0)
    os.close(told)
    with os.fdopen(heard, "rb") as said:
        words = said.read()
    _, status = os.waitpid(child, 0)
    return dict(json.loads(words)) if words else {"crash": f"ended with {status}"}


def tried(work: Work, home: Home, project: Path) -> dict[str, Any]:
    """What the work made, or how it was refused."""
    try:
        return {"made": work(home, project)}
    except ScaupError as error:
        return {"refused": str(error)}


def read(home: Home) -> list[Any]:
    """What a reader finds: the current snapshot, and its rows beside those of the manifest."""
    snapshot = open_snapshot(home)
    held = snapshot.manifest["relations"]["features.feat_days"]["rows"]
    with snapshot.connection() as connection:
        found = connection.execute("select count(*) from features.feat_days").fetchall()[0][0]
    return [snapshot.id, held, found]


def judge(home: Home, project: Path, work: Work, told: dict[str, Any], before: dict[str, Any]) -> str | None:
    """What is wrong after a fault, if anything; the disk is mended by now."""
    if "crash" in told:
        return f"crashed: {told['crash']}"
    loads = [str(one["load_id"]) for one in manifests(home)]
    current = publish.current_id(home)
    name, held, found = read(home)
    if held != found or name != current:
        return f"readers see {found} rows of {held} in {name}"
    if refused := told.get("refused"):
        if "Traceback" in refused or len(refused) < 20:
            return f"refused without a word: {refused!r}"
        if work is load and any(one not in refused for one in loads if one not in before["loads"]):
            return f"refused, and in the lake: {refused}"
        if work is publish_one and current != before["current"] and str(current) not in refused:
            return f"refused, and published: {refused}"
    elif work is load and told["made"] not in loads:
        return "acknowledged, and not in the lake"
    elif work is publish_one and told["made"] != current:
        return "said to be published, and not current"
    if lost := lost_loads(home, [one for one in loads if one not in before["loads"]]):
        return f"not whole in the lake: {lost}"
    again = apart(lambda: mended(home, project))
    if "crash" in again:
        return f"not recovered: {again['crash']}"
    return None


def mended(home: Home, project: Path) -> dict[str, Any]:
    """The same load again, one more, and a build, with nothing in their way."""
    load(home, project)
    ingest([home.root.parent / "incoming" / "2"], home, project=project)
    transform.run = played
    built = build(home, project)
    rows = built.manifest["relations"]["features.feat_days"]["rows"]
    assert rows == 3 + 2, f"{rows} rows after recovery"
    assert {one["load_id"] for one in built.manifest["inputs"]} == {m["load_id"] for m in manifests(home)}
    assert publish.current_id(home) == built.snapshot_id == read(home)[0]
    left = [path.name for path in home.staging.iterdir() if not path.is_symlink()]
    left += [path.name for path in home.snapshots.glob(".*")] + [
        path.name for path in home.lake.glob(".parts")
    ]
    assert not left, f"left behind: {left}"
    return {}


def one(
    home: Home, template: Path, project: Path, work: Work, fault: Callable[[], dict[str, Any]], tally: Tally
) -> dict[str, Any]:
    """A home as it was, the fault, and the verdict."""
    shutil.rmtree(home.root, ignore_errors=True)
    shutil.copytree(template, home.root, symlinks=True)
    if work is publish_one:
        load(home, project)
    before = {"loads": [one["load_id"] for one in manifests(home)], "current": publish.current_id(home)}
    told = apart(fault)
    tally.runs += 1
    tally.refused += "refused" in told
    tally.unharmed += "made" in told
    if told.get("at"):
        tally.at[str(told["at"]).split()[0]] += 1
    if wrong := judge(home, project, work, told, before):
        tally.wrong.append(f"{work.__name__}, {told.get('at') or ''}: {wrong}")
    return told


def at_each_call(
    home: Home, template: Path, project: Path, work: Work, code: int, once: bool, step: int
) -> Tally:
    """The first call refused, the second, or the one `step` further on, until the work makes no more."""
    tally = Tally()
    for call in range(1, MORE_THAN_ENOUGH, step):

        def fault(call: int = call) -> dict[str, Any]:
            with refusing(home.root, call, code, once) as told:
                return {**tried(work, home, project), "at": told["at"], "count": told["count"]}

        told = one(home, template, project, work, fault, tally)
        if "crash" not in told and told["count"] < call:
            break
    return tally


def at_each_size(home: Home, template: Path, project: Path, work: Work) -> Tally:
    """No file may be longer than so many bytes."""
    tally = Tally()
    for size in SIZES[work.__name__]:

        def fault(size: int = size) -> dict[str, Any]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            return {**tried(work, home, project), "at": f"size {size}"}

        one(home, template, project, work, fault, tally)
    return tally


def on_real_disks(home: Home, template: Path, project: Path, work: Work) -> dict[str, Tally]:
    """A disk with so little room left, and one that is mounted read-only. The home is its mount point."""
    full, fixed = Tally(), Tally()
    for free in (*FREE, None):
        tally = fixed if free is None else full
        home.root.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "scaup", str(home.root)], check=True)
        try:
            shutil.copytree(template, home.root, symlinks=True, dirs_exist_ok=True)
            if work is publish_one:
                load(home, project)
            before = {
                "loads": [one["load_id"] for one in manifests(home)],
                "current": publish.current_id(home),
            }
            ballast = home.root / "ballast"
            if free is None:
                subprocess.run(["mount", "-o", "remount,ro", str(home.root)], check=True)
            else:
                room = os.statvfs(home.root)
                ballast.write_bytes(bytes(max(room.f_bavail * room.f_frsize - free * 1024, 0)))
            told = apart(lambda: tried(work, home, project))
            read(home)
            if free is None:
                subprocess.run(["mount", "-o", "remount,rw", str(home.root)], check=True)
            ballast.unlink(missing_ok=True)
            tally.runs += 1
            tally.refused += "refused" in told
            tally.unharmed += "made" in told
            if wrong := judge(home, project, work, told, before):
                tally.wrong.append(f"{work.__name__}, {free} KiB free: {wrong}")
        finally:
            subprocess.run(["umount", str(home.root)], check=True)
    return {"a real disk, full": full, "a real disk, read-only": fixed}


def main(arguments: Sequence[str]) -> None:
    started = time.monotonic()
    found: dict[tuple[str, str], Tally] = {}
    step = 5 if "quick" in arguments else 1
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "checkout").mkdir()
        project = small_project(Path(folder) / "checkout", PROJECT)
        home, template = Home(Path(folder) / "home"), Path(folder) / "template"
        home.root.mkdir()
        add_requests(home, project, "first")
        for number in (1, 2):
            incoming(home, number)
        build(home, project)
        quality.warm_up()
        home.root.rename(template)
        for named, work in (("load", load), ("build", publish_one)):
            if {"load", "build"} & {*arguments} and named not in arguments:
                continue
            for how, code, once in (
                ("full from a call on", errno.ENOSPC, False),
                ("read-only from a call on", errno.EROFS, False),
                ("one call forbidden", errno.EACCES, True),
            ):
                found[named, how] = at_each_call(home, template, project, work, code, once, step)
            found[named, "no file longer than"] = at_each_size(home, template, project, work)
            if "--mounted" in arguments:
                shutil.rmtree(home.root, ignore_errors=True)
                for how, tally in on_real_disks(home, template, project, work).items():
                    found[named, how] = tally
    wrong = [one for tally in found.values() for one in tally.wrong]
    print("| work | fault | runs | refused clearly | not stopped by it | wrong | calls |")
    print("|---|---|---:|---:|---:|---:|---|")
    for (named, how), tally in found.items():
        calls = ", ".join(f"{what} {count}" for what, count in tally.at.most_common())
        counts = f"{tally.runs} | {tally.refused} | {tally.unharmed} | {len(tally.wrong)}"
        print(f"| {named} | {how} | {counts} | {calls} |")
    print(json.dumps({
        "faults": sum(tally.runs for tally in found.values()),
        "refused_clearly": sum(tally.refused for tally in found.values()),
        "not_stopped": sum(tally.unharmed for tally in found.values()),
        "wrong": len(wrong), "on_real_disks": "--mounted" in arguments,
        "seconds": round(time.monotonic() - started),
    }))  # fmt: skip
    for line in wrong[:30]:
        print(line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


def may_mount() -> bool:
    """Whether this user may mount in a namespace of its own."""
    words = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "scaup", "/mnt"]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    if "--mounted" not in sys.argv and may_mount():
        inside = [
            "unshare",
            "--map-root-user",
            "--mount",
            sys.executable,
            __file__,
            *sys.argv[1:],
            "--mounted",
        ]
        os.execvp(inside[0], inside)
    main(sys.argv[1:])
