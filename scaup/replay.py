"""Replay: ask again what a package says was asked, of the snapshot that it names, and compare.

An internal package carries all that is needed. A disclosure does not say whom it asked about. Its statements
and the content of every relation that it read are compared anywhere; its results only beside the case, or
with the internal package of the same case, and with the secret behind the case's pseudonyms.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaup.cases import Case, as_told, find_case, list_cases
from scaup.custody import Entry
from scaup.errors import ScaupError, UsageError
from scaup.home import Home
from scaup.keys import case_secret, key_folder, known_keys
from scaup.manifest import content_hash
from scaup.renditions import render
from scaup.runs import DoesNotReproduce, ask_again, differences, snapshot_of
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


def replay(
    package: Path,
    home: Home,
    key: PublicKey | None = None,
    *,
    quick: bool = False,
    inside: Path | None = None,
) -> Replayed:
    """Verify a package and ask its questions again. `quick` leaves out hashing the relations anew; `inside`
    is the internal package of the case, for a disclosure that is replayed elsewhere.

    Raises NotVerified, MissingInput when the snapshot is not there, UsageError when `inside` does not fit.
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
        found, notes = _disclosed(home, record["uid"], verdict.audience, manifests, quick, key, inside)
        return Replayed(labels, tuple(found), tuple(notes))
    if inside:
        raise UsageError("An internal package replays by itself: --inside is for disclosures.")
    found = []
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
                found.append(f"{_label(manifest, facts)}: {name}, which it read, is not what it was")
    return found


def _disclosed(
    home: Home,
    uid: str,
    audience: str,
    manifests: list[dict[str, Any]],
    quick: bool,
    key: PublicKey | None,
    inside: Path | None,
) -> tuple[list[str], list[str]]:
    """What differs, and what could not be compared."""
    differing: list[str] = []
    checked: dict[tuple[str, str], str] = {}
    for manifest in manifests:
        snapshot = snapshot_of(home, manifest)
        differing += _statements(manifest, snapshot)
        differing += [] if quick else _relations(manifest, snapshot, checked)
    secret = key_folder() / "pseudonyms" / f"{uid}.secret"
    with tempfile.TemporaryDirectory() as room:
        case = _case_in(inside, Path(room), uid, key) if inside else _case_here(home, uid)
        if case is None or not secret.is_file():
            lacks = "the case" if case is None else f"its secret, {secret.name} in {secret.parent},"
            return differing, [
                f"The results were not compared: whom this {audience} package asked about is not in it, and "
                f"{lacks} is not here. Where it was sealed, or with --inside INTERNAL.zip and the case's "
                "secret, they are."
            ]
        try:
            rendition = render(case, home, audience, case_secret(key_folder(), uid))
        except DoesNotReproduce as error:
            return [*differing, *(line.strip() for line in str(error).split("\n")[1:])], []
    for manifest in manifests:
        now = json.loads(rendition.files.get(f"runs/{manifest['run']}/manifest.json", b'{"exhibits": []}'))
        results = {facts["exhibit"]: facts for facts in now["exhibits"]}
        for facts in manifest["exhibits"]:
            other = results.get(facts["exhibit"], {})
            if other.get("result_sha256") != facts["result_sha256"]:
                differing.append(f"{_label(manifest, facts)}: another result")
    return differing, []


def _statements(manifest: Mapping[str, Any], snapshot: Snapshot) -> list[str]:
    """The exhibits whose question has another SQL, or none, in the snapshot."""
    known = snapshot.catalogue.questions
    return [
        f"{_label(manifest, facts)}: its SQL is another"
        for facts in manifest["exhibits"]
        if (found := known.get(facts["question"])) is None or found.sha256 != facts["sql_sha256"]
    ]


def _label(manifest: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    return f"{manifest['run']}.{facts['exhibit']} {facts['question']}"


def _case_here(home: Home, uid: str) -> Case | None:
    """The home's case of that uid. Only its own log is read as one that has to hold."""
    for name in list_cases(home):
        with (home.cases / name / "log.jsonl").open("rb") as log:
            if f'"uid":"{uid}"'.encode() in log.readline():
                return find_case(home, name)
    return None


def _case_in(package: Path, room: Path, uid: str, key: PublicKey | None) -> Case:
    """The case as its internal package has it, its runs put below `room`. Raises NotVerified, UsageError."""
    another = UsageError(f"{package} is not the internal package of the case that was disclosed.")
    if _verified(package, key).audience != "internal":
        raise another
    with zipfile.ZipFile(package) as archive:
        files = {name.partition("/data/")[2]: name for name in archive.namelist()}
        entries = [Entry(**json.loads(line)) for line in archive.read(files["custody.jsonl"]).splitlines()]
        if entries[0].facts.get("uid") != uid:
            raise another
        folder = room / str(entries[0].facts["id"])
        for path, name in files.items():
            if path.startswith("runs/"):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(archive.read(name))
    return as_told(folder, entries)


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
