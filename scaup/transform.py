"""dbt, run in a process of its own.

A child process, because dbt keeps its database connection and some hundred megabytes until it
exits. Commands reach the child on its standard input and it reports on its standard output, one JSON
value a line; when its parent dies, its standard input closes and it stops at once, so that no orphan
writes into a dead build's folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from scaup.errors import ScaupError
from scaup.home import Home
from scaup.lake import CONTRACT
from scaup.packs import LOADS
from scaup.publish import SPILL
from scaup.warehouse import WAREHOUSE_FILE

PARSE = ("parse",)
# What is excluded besides is there already; with `empty`, its tests run all the same.
ADD = ("build", "--indirect-selection", "empty", "--exclude", "resource_type:unit_test")
BUILD = (ADD[0], "--full-refresh", *ADD[1:])  # ADD adds to the incremental models that are there
COMPILE_QUESTIONS = ("compile", "--select", "resource_type:analysis")
CHECK = ("test", "--exclude", "resource_type:unit_test")
KEEP_FAILURES = (*CHECK, "--store-failures", "--select")
TOLD = ("seed", "model", "test", "unit_test")


class TransformFailed(ScaupError):
    """dbt did not come to an end: the project does not parse, or the process died."""


@dataclass(frozen=True)
class Node:
    """What became of one seed, model or data test. `failures` counts the rows of a failing test;
    `rows_in` is the table that keeps them, where they were kept; `shown_by` the question that tells more of
    them, with its options."""

    name: str
    kind: str
    status: str
    message: str
    failures: int | None
    rows_in: str | None
    path: str
    seconds: float
    shown_by: str = ""

    @property
    def failed(self) -> bool:
        """True for an error or a failing test; a warning and a skipped node are not failures."""
        return self.status in ("error", "fail", "runtime error")


@dataclass(frozen=True)
class Transformed:
    """dbt's manifest and what became of each node."""

    manifest: Mapping[str, Any]
    nodes: tuple[Node, ...]

    @property
    def failed(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.failed)


@dataclass(frozen=True)
class Workspace:
    """Where dbt works: the checkout, the database file it fills, the lake it reads, its own folder, and
    the link by way of which it gets to the first two. `new_loads` has the loads that incremental models add.

    dbt reads a project eight times faster when it finds its notes of last time in `target` and no path
    has changed since; `workspace_in` sees to both.
    """

    project: Path
    warehouse: Path
    lake: Path
    new_loads: Path
    target: Path
    spill: Path
    link: Path
    memory_limit: str
    threads: int
    as_of: datetime | None = None

    @property
    def loads(self) -> Path:
        """The folder of links to the loads, each by its id; in `lake`, packs may stand for them."""
        links = self.lake.with_name(LOADS)
        return links if links.is_dir() else self.lake

    @property
    def environment(self) -> dict[str, str]:
        """The environment that `profiles.yml`, `dbt_project.yml` and the sources read."""
        return {
            # What else dbt would heed (such as DBT_FULL_REFRESH) is for the build to say.
            **{name: value for name, value in os.environ.items() if not name.startswith("DBT_")},
            "SCAUP_WAREHOUSE": str(self.warehouse),
            "SCAUP_LAKE": str(self.lake),
            "SCAUP_NEW_LOADS": str(self.new_loads),
            "DBT_TARGET_PATH": str(self.target),
            "SCAUP_SPILL": str(self.spill),
            "SCAUP_MEMORY_LIMIT": self.memory_limit,
            "SCAUP_THREADS": str(self.threads),
            "SCAUP_AS_OF": self.as_of.isoformat() if self.as_of else "",
            "DBT_PROFILES_DIR": str(self.project),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
        }


def selected(node: Mapping[str, Any]) -> str:
    """What selects this node of dbt's manifest, and no other, on dbt's command line."""
    return f"fqn:{'.'.join(node['fqn'])}"


def workspace_in(
    home: Home, project: Path, room: Path, memory_limit: str, threads: int, as_of: datetime | None = None
) -> Workspace:
    """The workspace of a build whose private folder is `room`: lake/, spill/ and snapshot/warehouse.duckdb.

    dbt gets to the room by way of the link staging/now, the same path each time. Only for the holder of
    the build lock. With `as_of`, sources hold only what was recorded before it.
    """
    now = home.staging / "now"
    now.unlink(missing_ok=True)
    now.symlink_to(room.name, target_is_directory=True)
    new_loads = room / "new_loads"  # none yet, but the tables without rows
    new_loads.mkdir()
    (new_loads / CONTRACT).symlink_to((room / "lake" / CONTRACT).resolve())
    notes = hashlib.sha256(str(project).encode()).hexdigest()[:12]
    return Workspace(
        project=project,
        warehouse=now / "snapshot" / WAREHOUSE_FILE,
        lake=now / "lake",
        new_loads=now / "new_loads",
        target=home.root / "dbt" / notes,
        spill=now / SPILL,
        link=now,
        memory_limit=memory_limit,
        threads=threads,
        as_of=as_of,
    )


Progress = Callable[[int, int, str, str], None]


def in_silence(number: int, total: int, name: str, status: str) -> None:
    """Progress that nobody waits for."""


def run(
    workspace: Workspace,
    steps: Iterable[Sequence[str]],
    progress: Progress | None = None,
    keeps_failures: bool = False,
) -> Transformed:
    """Run dbt's commands one after the other in one child process.

    `steps` is asked for the next command when the one before has ended, so it can look at what that
    one left. `progress` is called with (number, total, name, status) whenever a node of a command ends.
    With `keeps_failures`, the tests that failed are asked once more, for a table of the rows that broke each.
    Raises TransformFailed when dbt could not come to an end, with the words it left.
    """
    workspace.target.mkdir(parents=True, exist_ok=True)
    workspace.spill.mkdir(parents=True, exist_ok=True)
    nodes: dict[str, Node] = {}
    with (
        (workspace.target / "stderr.txt").open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "scaup.transform", str(workspace.project)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=workspace.environment,
            cwd=workspace.project,
            text=True,
        ) as child,
    ):
        for step in steps:
            ended = _follow(child, step, progress)
            if ended is None:
                child.wait()
                words = (workspace.target / "stderr.txt").read_text(encoding="utf-8", errors="replace")
                raise TransformFailed(f"dbt died with exit code {child.returncode}.\n{words.strip()[-2000:]}")
            if ended["exception"]:
                raise TransformFailed(f"dbt could not run: {ended['exception']}")
            # By its path, too: a test of a name may stand beside a model of that name.
            ran = {f"{node['path']}:{node['name']}": Node(**node) for node in ended["nodes"]}
            nodes |= ran
            if any(node.failed and node.kind != "test" for node in ran.values()):
                break  # what comes next would build on it
        manifest = read_manifest(workspace)
        if keeps_failures and (failed := _failed_tests(manifest, nodes)):
            # To keep the rows of every test would take as long again as to count them, and nearly all hold.
            ended = _follow(child, (*KEEP_FAILURES, *failed.values()), None)
            for node in ended["nodes"] if ended else ():
                # What ends in an error then, for want of memory, say, left no table.
                if (key := f"{node['path']}:{node['name']}") in failed and node["status"] == "fail":
                    nodes[key] = replace(nodes[key], rows_in=node["rows_in"])
    return Transformed(manifest, tuple(nodes.values()))


def _failed_tests(manifest: Mapping[str, Any], nodes: Mapping[str, Node]) -> dict[str, str]:
    """What selects each test that rows have failed, by its key in `nodes`."""
    failed = {key for key, node in nodes.items() if node.kind == "test" and node.status == "fail"}
    keys = {f"{node['original_file_path']}:{node['name']}": node for node in manifest["nodes"].values()}
    return {key: selected(keys[key]) for key in sorted(failed)}


def read_manifest(workspace: Workspace) -> dict[str, Any]:
    """dbt's manifest, as its last command left it."""
    manifest: dict[str, Any] = json.loads((workspace.target / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def _follow(
    child: subprocess.Popen[str], step: Sequence[str], progress: Progress | None
) -> dict[str, Any] | None:
    """Have the child run one command. Returns what it says at the end, or None when it died before."""
    assert child.stdin is not None and child.stdout is not None
    try:
        child.stdin.write(json.dumps(step) + "\n")
        child.stdin.flush()
    except BrokenPipeError:
        return None
    ended = 0  # dbt numbers its nodes as they begin
    for line in child.stdout:
        try:
            said = json.loads(line)
        except ValueError:
            continue  # dbt prints a line of its own now and then
        if not isinstance(said, dict):
            continue
        if "exception" in said:
            return said
        if progress and "index" in said:
            ended += 1
            progress(min(ended, said["total"]), said["total"], said["name"], said["status"])
    return None


def _child(project: str) -> None:
    """The child's side: run the commands that come in, tell what happens."""
    steps: queue.Queue[list[str]] = queue.Queue()
    threading.Thread(target=_hear, args=(steps,), daemon=True).start()
    from dbt.cli.main import dbtRunner

    out = sys.stdout

    def say(content: Mapping[str, Any]) -> None:
        out.write(json.dumps(content) + "\n")
        out.flush()

    def heard(event: Any) -> None:
        if event.info.name.startswith("Log") and event.info.name.endswith("Result"):
            data = event.data
            # A test's event says num_models where the others say total.
            if total := getattr(data, "total", 0) or getattr(data, "num_models", 0):
                node = data.node_info.node_name
                say({"index": data.index, "total": total, "name": node, "status": str(data.status)})

    project_read = None
    while True:
        # The project is read once: dbt would look at all its files again for each command.
        runner = dbtRunner(manifest=project_read, callbacks=[heard])
        options = ["--project-dir", project, "--quiet", "--log-level-file", "none"]
        step = steps.get()
        result = runner.invoke([*step, *options])
        if result.exception is not None:
            say({"exception": str(result.exception), "nodes": []})
        elif step == list(PARSE):
            project_read = result.result
            say({"exception": None, "nodes": []})
        else:
            results = () if step[0] == "compile" else getattr(result.result, "results", ())
            ended = [one for one in results if one.node.resource_type in TOLD]
            say({"exception": None, "nodes": [_node(one) for one in ended]})


def _node(result: Any) -> dict[str, Any]:
    node = result.node
    kept = getattr(node, "relation_name", None) if node.resource_type == "test" else None
    return {
        "name": node.name,
        "kind": str(node.resource_type),
        "status": str(result.status),
        "message": result.message or "",
        "failures": result.failures,
        "rows_in": kept,
        "path": node.original_file_path,
        "seconds": round(result.execution_time, 3),
        "shown_by": str((node.config.meta or {}).get("shown_by", "")) if node.resource_type == "test" else "",
    }


def _hear(steps: queue.Queue[list[str]]) -> None:
    """Pass on the commands that come in, and end the process when no more can come: the parent is done,
    or dead, and then nothing may be written any more."""
    for line in sys.stdin:
        steps.put(json.loads(line))
    os._exit(0)


if __name__ == "__main__":
    _child(sys.argv[1])
