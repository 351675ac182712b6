"""A case's accounts and infrastructure as a STIX 2.1 bundle (OASIS Standard, 10 June 2021).

Pure: the same material gives the same bytes. Observables have the identifiers that the standard derives
from their content (section 2.9); ours are name-based on the case's pseudonym.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, time
from typing import Any

from scaup.material import Material, OutwardAccount, OutwardKey

# Section 2.9: the namespace of observables' deterministic identifiers.
OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
OURS = uuid.uuid5(uuid.NAMESPACE_URL, "tag:scaup,2026:stix")
# Section 7.2.1.4: the four marking definitions that the standard itself defines.
TLP = {
    "clear": ("white", "613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    "green": ("green", "34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    "amber": ("amber", "f88d31f6-486f-44da-b317-01333bde0b82"),
    "red": ("red", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
}
LIMITS = (
    "Accounts and infrastructure are under pseudonyms that hold within this case; days stand for times. "
    "Sharing infrastructure is a reason to look, not a verdict. No content is included."
)
NAMES = {
    "device": "Shared device",
    "payment": "Shared payment instrument",
    "ip_prefix": "Shared network",
    "template": "Shared prompt template",
}


def bundle(material: Material, tlp: str) -> dict[str, Any]:
    """The bundle as a document. `tlp` is clear, green, amber or red (TLP 2.0's names)."""
    colour, marking = TLP[tlp]
    marks = [f"marking-definition--{marking}"]
    stamp = _instant(material.as_of)
    identity = _ours("identity", material.producer)
    made = {"created": stamp, "modified": stamp, "created_by_ref": identity, "object_marking_refs": marks}
    accounts = {account.name: _user_account(account, marks) for account in material.accounts}
    systems = {key.asn: _autonomous_system(key.asn, marks) for key in material.keys if key.asn is not None}
    objects: list[dict[str, Any]] = [
        {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": marks[0],
            "created": "2017-01-20T00:00:00.000Z",
            "definition_type": "tlp",
            "name": f"TLP:{colour.upper()}",
            "definition": {"tlp": colour},
        },
        {
            "type": "identity",
            "spec_version": "2.1",
            "id": identity,
            "created": stamp,
            "modified": stamp,
            "name": material.producer,
            "identity_class": "organization",
        },
        *accounts.values(),
        *systems.values(),
    ]
    for place, key in enumerate(material.keys, 1):
        shared = _infrastructure(key, place, material.case, made)
        objects.append(shared)
        for account in key.accounts:
            objects.append(_related(accounts[account]["id"], "related-to", shared["id"], made))
        if key.asn is not None:
            objects.append(_related(shared["id"], "consists-of", systems[key.asn]["id"], made))
    objects.append(
        {
            "type": "grouping",
            "spec_version": "2.1",
            "id": _ours("grouping", material.case),
            **made,
            "name": material.title,
            "description": f"Snapshot {material.snapshot_id}. {LIMITS}",
            "context": "suspicious-activity",
            "object_refs": [one["id"] for one in objects if one["type"] != "marking-definition"],
        }
    )
    own = _ours("bundle", f"{material.case} {material.snapshot_id}")
    return {"type": "bundle", "id": own, "objects": objects}


def _user_account(account: OutwardAccount, marks: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "user-account",
        "spec_version": "2.1",
        "id": _observable("user-account", {"user_id": account.name}),
        "object_marking_refs": marks,
        "user_id": account.name,
        "is_disabled": account.is_banned,
    }
    for name, day in (
        ("account_created", account.created_on),
        ("account_first_login", account.first_active_on),
        ("account_last_login", account.last_active_on),
    ):
        if day:
            found[name] = _midnight(day)
    return found


def _autonomous_system(number: int, marks: list[str]) -> dict[str, Any]:
    return {
        "type": "autonomous-system",
        "spec_version": "2.1",
        "id": _observable("autonomous-system", {"number": number}),
        "object_marking_refs": marks,
        "number": number,
    }


def _infrastructure(key: OutwardKey, place: int, case: str, made: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "infrastructure",
        "spec_version": "2.1",
        "id": _ours("infrastructure", f"{case} {key.kind} {key.name}"),
        **made,
        "name": f"{NAMES.get(key.kind, 'Shared infrastructure')} {place}",
        "description": f"Shared by {len(key.accounts)} accounts of the case; known as {key.name}.",
        "infrastructure_types": ["unknown"],
        "first_seen": _midnight(key.first_seen_on),
        "last_seen": _midnight(key.last_seen_on),
    }


def _related(source: str, how: str, target: str, made: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "relationship",
        "spec_version": "2.1",
        "id": _ours("relationship", f"{source} {how} {target}"),
        **made,
        "relationship_type": how,
        "source_ref": source,
        "target_ref": target,
    }


def _observable(kind: str, contributing: dict[str, Any]) -> str:
    # RFC 8785 of an object with one ASCII name and a string or a whole number is just this.
    text = json.dumps(contributing, separators=(",", ":"), ensure_ascii=False)
    return f"{kind}--{uuid.uuid5(OBSERVABLES, text)}"


def _ours(kind: str, name: str) -> str:
    return f"{kind}--{uuid.uuid5(OURS, f'{kind} {name}')}"


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _midnight(day: date) -> str:
    return _instant(datetime.combine(day, time(), UTC))
