"""Exports to partners: a case's material in a partner's format, as a file, written down in the case.

    exports/<case>/<snapshot>/stix.json, misp.json, hash-feedback.json, cybertip.xml, cybertip-checklist.json

Every export is a draft for somebody to send; nothing is sent from here. The case's custody log and the
home's audit trail learn who exported what for whom, how many rows, and the file's hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scaup import cybertip, feedback, misp, stix
from scaup.cases import Case, find_case
from scaup.casework import Desk
from scaup.disclosure import Pseudonyms
from scaup.errors import UsageError
from scaup.home import find_project
from scaup.keys import case_secret, key_folder
from scaup.material import Material, gather
from scaup.questions import ask
from scaup.trail import record
from scaup.warehouse import Snapshot
from scaup.withholding import read_small_cells

TITLE = "Accounts and shared infrastructure of one case"
FORMATS = ("stix", "misp", "hash-feedback", "cybertip")
DOCUMENTS: Mapping[str, Callable[[Material, str], Mapping[str, Any]]] = {
    "stix": stix.bundle,
    "misp": misp.event,
    "hash-feedback": feedback.feedback,
}


@dataclass(frozen=True)
class Exported:
    """What was written, and what was left out of it."""

    files: tuple[Path, ...]
    material: Material
    spared: int


def export(
    at: Desk,
    snapshot: Snapshot,
    case_id: str,
    export_format: str,
    *,
    recipient: str,
    purpose: str,
    tlp: str = "amber",
    producer: str = "AI model provider",
    policy: str = "",
    is_test: bool = False,
) -> Exported:
    """Write a case in a partner's format and record that it was done.

    Raises UsageError without a recipient or a purpose, NothingToExport when nothing may be told.
    """
    if not recipient.strip() or not purpose.strip():
        raise UsageError("An export needs --to and --purpose: who gets it, and why. Both are recorded.")
    case = find_case(at.home, case_id)
    material, spared = outward(case, snapshot, producer)
    withheld = sum(count is None for count in feedback.match_counts(material).values())
    texts = _texts(material, snapshot, export_format, tlp, policy or case.policy, is_test)
    folder = at.home.root / "exports" / case.id / snapshot.id
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = []
    for name, text in texts.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        files.append(path)
    facts = {
        "format": export_format,
        "recipient": recipient,
        "purpose": purpose,
        "tlp": tlp,
        "is_test": is_test,
        "snapshot_id": snapshot.id,
        "rows": material.row_count,
        "replaced": material.replaced,
        "withheld": withheld if export_format == "hash-feedback" else 0,
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    at.take(case_id, "exported", lambda case: facts)
    subjects = hashlib.sha256("\n".join(sorted(account.name for account in material.accounts)).encode())
    record(at.home, "export", {"case": case.uid, "subjects_sha256": subjects.hexdigest(), **facts})
    return Exported(tuple(files), material, spared)


def outward(case: Case, snapshot: Snapshot, producer: str) -> tuple[Material, int]:
    """A case's material under its pseudonyms, and how many of its people are spared by their role:
    victims and witnesses are never told of."""
    told = [(one.type, one.id) for one in case.subjects if one.role == "subject"]
    names = Pseudonyms(case_secret(key_folder(), case.uid))
    rules = read_small_cells(find_project(), datetime.now(UTC).date())
    if (least := rules.threshold_of("match_count")) is None:
        raise UsageError("The seed small_cells has no threshold for match_count; nothing leaves without one.")
    material = gather(
        snapshot,
        case.id,
        told,
        lambda kind, value: names.of(value),
        title=TITLE,
        producer=producer,
        least=least,
    )
    return material, len(case.subjects) - len(told)


def _texts(
    material: Material, snapshot: Snapshot, export_format: str, tlp: str, policy: str, is_test: bool
) -> dict[str, str]:
    if export_format in DOCUMENTS:
        document = DOCUMENTS[export_format](material, tlp)
        return {f"{export_format}.json": json.dumps(document, indent=1) + "\n"}
    if not policy:
        raise UsageError("Which policy is it about? Say --policy; `scaup ask policy_versions` lists them.")
    answer = ask(snapshot.catalogue.question("policy_versions"), {"policy_id": policy}, snapshot)
    if not answer.rows:
        raise UsageError(f"There is no policy {policy!r}. `scaup ask policy_versions` lists them.")
    made = cybertip.draft(material, list(answer.records())[-1], is_test)
    checklist = {"is_draft": True, "items": [asdict(item) for item in made.checklist]}
    return {"cybertip.xml": made.xml, "cybertip-checklist.json": json.dumps(checklist, indent=1) + "\n"}
