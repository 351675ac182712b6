"""The data-health page of a snapshot, from the checks' own record and nothing else.

Our own page, because Great Expectations' Data Docs load scripts and fonts from the internet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from scaup.paper import templates


def page(
    manifest: Mapping[str, Any],
    checks: Mapping[str, Any],
    content: Mapping[str, Any],
    quarantined: Sequence[tuple[str, str, str, int]],
) -> str:
    """One self-contained HTML page: what came in, what was set aside, what was checked, what is missing.

    `checks` is the content of checks.json, `content` that of catalogue.json, `quarantined` holds
    (load, table, reason, rows).
    """
    judged = [*checks["raw"], *checks["marts"], *checks["canaries"]]
    profiles = {profile["relation"]: profile for profile in checks["profiles"]}
    raw = [profile for name, profile in profiles.items() if name.startswith("raw.")]
    absent = [profile["relation"].removeprefix("raw.") for profile in raw if profile["rows"] == 0]
    return (
        templates()
        .get_template("health.html")
        .render(
            report={"title": f"Data health · {manifest['snapshot_id']}"},
            manifest=manifest,
            raw=raw,
            absent=absent,
            without=_without(content, set(absent)),
            relations=[{"name": name, **found} for name, found in sorted(manifest["relations"].items())],
            held=Counter((check["relation"], check["success"]) for check in judged),
            unmet=[check for check in judged if not check["success"]],
            tests=[node for node in checks["dbt"] if node["kind"] == "test"],
            warned=[node for node in checks["dbt"] if node["status"] == "warn"],
            quarantined=quarantined,
        )
    )


def _without(content: Mapping[str, Any], absent: set[str]) -> list[dict[str, Any]]:
    """The questions and signals that read an absent table, with the tables they miss."""
    found = []
    for kind, items in (("signal", content["signals"]), ("question", content["questions"])):
        for item in items:
            if missing := sorted(absent & set(item["inputs"])):
                is_all = missing == item["inputs"]
                found.append({"kind": kind, "name": item["name"], "missing": missing, "all": is_all})
    return found
