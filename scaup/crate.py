"""RO-Crate: the package's description of itself, in the vocabulary of research data.

RO-Crate 1.1 with the Process Run Crate profile 0.5 (https://w3id.org/ro/wfrun/process): each run is a
`CreateAction` with the tool that made it, the snapshot that it read and the files that it gave.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PROCESS = "https://w3id.org/ro/wfrun/process/0.5"
CRATE = "https://w3id.org/ro/crate/1.1"
# Used rights: the licence field is required, and the rows are nobody's to pass on.
RESTRICTED = "#restricted"
SEALER = "#sealer"
KINDS = {
    ".csv": ("text/csv", "Rows, for reading in a spreadsheet"),
    ".parquet": ("application/vnd.apache.parquet", "Rows, unaltered"),
    ".html": ("text/html", "A page for reading"),
    ".json": ("application/json", "A record"),
    ".jsonl": ("application/x-ndjson", "A log"),
    ".md": ("text/markdown", "A text"),
    ".sql": ("application/sql", "The statement that gave the rows"),
}


@dataclass(frozen=True)
class RunEntity:
    """One run as the crate tells it; `files` are the paths of what it gave, below data/."""

    id: str
    name: str
    kind: str
    at: str
    agent: str
    snapshot_id: str
    code: str
    version: str
    files: tuple[str, ...]


def crate(
    title: str, description: str, published: str, files: Mapping[str, int], runs: Sequence[RunEntity]
) -> bytes:
    """The content of ro-crate-metadata.json. `files` are sizes in bytes by path below data/."""
    agents = sorted({f"#agent-{run.agent}" for run in runs})
    graph: list[dict[str, Any]] = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": CRATE},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "conformsTo": {"@id": PROCESS},
            "name": title,
            "description": description,
            "datePublished": published,
            "license": {"@id": RESTRICTED},
            "publisher": {"@id": SEALER},
            **({"author": _one([{"@id": name} for name in agents])} if agents else {}),
            "hasPart": [{"@id": path} for path in sorted(files)],
            **({"mentions": _one([{"@id": f"#{run.id}"} for run in runs])} if runs else {}),
        },
        {"@id": PROCESS, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {
            "@id": RESTRICTED,
            "@type": "CreativeWork",
            "name": "Restricted",
            "description": "For the recipient named by the sealer; not to be passed on.",
        },
        {"@id": SEALER, "@type": "Organization", "name": "Whoever holds the key of the seal"},
    ]
    graph += [_file(path, files[path]) for path in sorted(files)]
    for run in runs:
        graph.append(_action(run))
    graph += _once(entity for run in runs for entity in _context(run))
    document = {"@context": f"{CRATE}/context", "@graph": graph}
    return (json.dumps(document, indent=1, ensure_ascii=True) + "\n").encode()


def _file(path: str, size: int) -> dict[str, Any]:
    kind, words = KINDS["." + path.rpartition(".")[2]]
    return {
        "@id": path,
        "@type": "File",
        "name": path.rpartition("/")[2],
        "description": words,
        "encodingFormat": kind,
        "contentSize": str(size),
    }


def _action(run: RunEntity) -> dict[str, Any]:
    return {
        "@id": f"#{run.id}",
        "@type": "CreateAction",
        "name": f"{run.id}: {run.name}",
        "description": f"{run.kind} {run.name}, on snapshot {run.snapshot_id}",
        "endTime": run.at.replace("Z", "+00:00"),
        "actionStatus": "http://schema.org/CompletedActionStatus",
        "agent": {"@id": f"#agent-{run.agent}"},
        "instrument": {"@id": f"urn:scaup:code:{run.code}"},
        "object": {"@id": f"#snapshot-{run.snapshot_id}"},
        "result": _one([{"@id": path} for path in run.files]),
    }


def _context(run: RunEntity) -> Iterable[dict[str, Any]]:
    yield {
        "@id": f"#agent-{run.agent}",
        "@type": "Person",
        "name": run.agent,
        "affiliation": {"@id": SEALER},
    }
    yield {
        "@id": f"urn:scaup:code:{run.code}",
        "@type": "SoftwareApplication",
        "name": "Scaup",
        "description": "SQL-first investigation analytics",
        "softwareVersion": f"{run.version}, code {run.code}",
        "url": f"urn:scaup:code:{run.code}",
    }
    yield {
        "@id": f"#snapshot-{run.snapshot_id}",
        "@type": "CreativeWork",
        "name": f"Snapshot {run.snapshot_id}",
        "description": "The published, read-only snapshot of the provider's data that was asked.",
    }


def _one(found: list[dict[str, Any]]) -> Any:
    """One value is written as itself, several as a list."""
    return found[0] if len(found) == 1 else found


def _once(entities: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({entity["@id"]: entity for entity in entities}.values())
