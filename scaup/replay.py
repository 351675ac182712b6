"""Replay: ask again what a package says was asked, of the snapshot that it names, and compare.

An internal package carries all that is needed. A disclosure has no parameters that name somebody, so its
replay needs the case: it makes the rendition again and compares exhibit by exhibit.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaup.cases import find_case, list_cases
from scaup.errors import ScaupError, UsageError
from scaup.home import Home
from scaup.keys import case_secret, key_folder, known_keys
from scaup.manifest import content_hash
from scaup.renditions import render
from scaup.runs import ask_again, differences
from scaup.verifier import PublicKey, Verdict, verify
from scaup.warehouse import Snapshot


class NotVerified(ScaupError):
    """The package is not the one that was sealed, or is signed by a key that is not known."""


@dataclass(frozen=True)
class Replayed:
    """What came of a replay: the exhibits asked again, and what is not as it was, by exhibit."""

    exhibits: tuple[str, ...]
    differences: tuple[str, ...]
    notes: tuple[str, ...] = ()


def replay(package: Path, home: Home, key: PublicKey | None = None, *, quick: bool = False) -> Replayed:
    """Verify a package and ask its questions again. `quick` leaves out hashing the relations anew.

    Raises NotVerified, MissingInput when the snapshot is not there, UsageError when the case is needed.
    """
    verdict = _verified(package, key)
    with zipfile.ZipFile(package) as archive:
        files = {name.partition("/")[2]: name for name in archive.namelist()}
        manifests = [
            json.loads(archive.read(name))
            for path, name in files.items()
            if path.startswith("data/runs/") and path.endswith("/manifest.json")
        ]
        texts = {
            manifest["run"]: archive.read(files[path]).decode()
            for manifest in manifests
            if (path := f"data/runs/{manifest['run']}/investigation.md") in files
        }
        record = json.loads(archive.read(files["data/case.json"]))
    manifests.sort(key=lambda manifest: int(manifest["run"][1:]))
    labels = tuple(
        f"{manifest['run']}.{facts['exhibit']} {facts['question']} ({facts['row_count']:,} rows)"
        for manifest in manifests
        for facts in manifest["exhibits"]
    )
    if verdict.audience != "internal":
        return Replayed(labels, tuple(_disclosed(home, record["uid"], verdict.audience, manifests)))
    found: list[str] = []
    checked: dict[tuple[str, str], str] = {}
    for manifest in manifests:
        again = ask_again(home, manifest, texts.get(manifest["run"], ""))
        found += differences(manifest, again.outcome)
        if not quick:
            found += _relations(manifest, again.snapshot, checked)
    return Replayed(labels, tuple(found))


def _relations(
    manifest: Mapping[str, Any], snapshot: Snapshot, checked: dict[tuple[str, str], str]
) -> list[str]:
    """The exhibits that read a relation whose content is not what it was, whatever they gave."""
    found = []
    for facts in manifest["exhibits"]:
        for name, told in facts["relations"].items():
            if told is None:
                continue
            if (snapshot.id, name) not in checked:
                checked[snapshot.id, name] = content_hash(snapshot.reader, name)["sha256"]
            if checked[snapshot.id, name] != told["sha256"]:
                where = f"{manifest['run']}.{facts['exhibit']} {facts['question']}"
                found.append(f"{where}: {name}, which it read, is not what it was")
    return found


def _disclosed(home: Home, uid: str, audience: str, manifests: list[dict[str, Any]]) -> list[str]:
    case = next((found for name in list_cases(home) if (found := find_case(home, name)).uid == uid), None)
    secret = key_folder() / "pseudonyms" / f"{uid}.secret"
    if case is None or not secret.is_file():
        raise UsageError(
            f"This is a {audience} package: whom it asked about is not in it. Its replay needs the case and "
            "its secret, where it was sealed. The internal package of the same case replays anywhere."
        )
    rendition = render(case, home, audience, case_secret(key_folder(), uid))
    differing = []
    for manifest in manifests:
        now = json.loads(rendition.files.get(f"runs/{manifest['run']}/manifest.json", b'{"exhibits": []}'))
        results = {facts["exhibit"]: facts for facts in now["exhibits"]}
        for facts in manifest["exhibits"]:
            other = results.get(facts["exhibit"], {})
            if other.get("result_sha256") != facts["result_sha256"]:
                differing.append(f"{manifest['run']}.{facts['exhibit']} {facts['question']}: another result")
    return differing


def _verified(package: Path, key: PublicKey | None) -> Verdict:
    """The verdict under the key, or under the first known key that holds. Raises NotVerified."""
    known = [key] if key else list(known_keys(key_folder()).values())
    if not known:
        raise NotVerified("No public key to check the package with: say --key SEALER.pub.")
    try:
        verdicts = [verify(package, one) for one in known]
    except OSError as error:
        raise UsageError(f"{package} cannot be read: {error.strerror}.") from error
    for verdict in verdicts:
        if verdict.holds:
            return verdict
    if key is None and len(known) > 1:
        raise NotVerified("The package holds under none of the keys that you know. Say --key SEALER.pub.")
    raise NotVerified(f"{verdicts[0].lines[0]}. Nothing was replayed.")
