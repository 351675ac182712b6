"""dbt's part of a small build, played: the SQL that it compiled once, run by DuckDB without dbt.

Of ten seconds of a small build nine are dbt's. What is asked of builds by the dozen, such as what a kill
leaves or whether the order of loads matters, needs its SQL and not its start. `home/dbt` has to be that of a
home in which a whole build of the same checkout ran.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scaup import transform
from scaup.warehouse import connect, identifier

LAYERS = ("staging", "intermediate", "features", "operations")
LAKE = re.compile(r"'[^']*/staging/now/lake/")  # of the home that dbt compiled for


def played(
    workspace: transform.Workspace,
    steps: Iterable[Sequence[str]],
    progress: transform.Progress | None = None,
    keeps_failures: bool = False,  # here, nobody asks for the rows
) -> transform.Transformed:
    """Run the commands of a build of the small project as `transform.run` would, from what dbt left."""
    workspace.spill.mkdir(parents=True, exist_ok=True)
    manifest = transform.read_manifest(workspace)
    ended: list[transform.Node] = []
    for step in steps:
        if step[0] == "build":
            kept = {word.rpartition(".")[2] for word in step if word.startswith("fqn:")}
            nodes = [
                node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "test")
            ]
            with connect(workspace.warehouse, spill=workspace.spill) as connection:
                for node in sorted(nodes, key=_rank):
                    (path,) = (workspace.target / "compiled").rglob(node["path"])
                    sql = LAKE.sub(f"'{workspace.lake}/", path.read_text(encoding="utf-8"))
                    if node["resource_type"] == "test":
                        failures = len(connection.execute(sql).fetchall())
                        ended.append(_node(node, "fail" if failures else "pass", failures))
                    elif node["name"] not in kept:
                        schema, name = identifier(node["schema"]), identifier(node["name"])
                        kind = node["config"]["materialized"]
                        connection.execute(f"create schema if not exists {schema}")
                        connection.execute(f"create {kind} {schema}.{name} as {sql}")
                        ended.append(_node(node, "success", None))
    return transform.Transformed(manifest, tuple(ended))


def _rank(node: Mapping[str, Any]) -> tuple[int, str]:
    """Staging, then what reads it, then tests."""
    is_test, layer = node["resource_type"] == "test", str(node["schema"])
    return (9 if is_test else LAYERS.index(layer), str(node["name"]))


def _node(node: Mapping[str, Any], status: str, failures: int | None) -> transform.Node:
    return transform.Node(
        name=str(node["name"]),
        kind=str(node["resource_type"]),
        status=status,
        message="",
        failures=failures,
        rows_in=None,
        path=str(node["original_file_path"]),
        seconds=0.0,
    )
