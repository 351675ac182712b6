"""A case as a MISP event (core format), with `user-account` objects of the public templates (version 6).

It is not published, and shared with nobody beyond the receiving organisation, until somebody there says so.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time
from typing import Any

from scaup.material import Material, OutwardAccount
from scaup.stix import LIMITS, NAMES

OURS = uuid.uuid5(uuid.NAMESPACE_URL, "tag:scaup,2026:misp")
TEMPLATE = {
    "name": "user-account",
    "meta-category": "misc",
    "description": (
        "User-account object, defining aspects of user identification, authentication, privileges and "
        "other relevant data points."
    ),
    "template_uuid": "49606b06-22f0-4ac8-8eee-2f12ad46f3d3",
    "template_version": "6",
}
YOUR_ORGANISATION_ONLY, INHERIT = "0", "5"
UNDEFINED_THREAT, ONGOING = "4", "1"


def event(material: Material, tlp: str) -> dict[str, Any]:
    """The event as a document. `tlp` is clear, green, amber or red."""
    stamp = str(int(material.as_of.timestamp()))
    keys = [
        {
            "uuid": _ours(f"{material.case} {key.kind} {key.name}"),
            "type": "text",
            "category": "Other",
            "value": key.name,
            "comment": f"{NAMES.get(key.kind, 'Shared infrastructure')}, under a pseudonym: "
            f"{len(key.accounts)} accounts of the case, {key.first_seen_on} to {key.last_seen_on}",
            **_plain(stamp),
        }
        for key in material.keys
    ]
    systems = [
        {
            "uuid": _ours(f"{material.case} AS{number}"),
            "type": "AS",
            "category": "Network activity",
            "value": f"AS{number}",
            "comment": "Autonomous system of a shared network",
            **_plain(stamp),
        }
        for number in sorted({key.asn for key in material.keys if key.asn is not None})
    ]
    limits = {
        "uuid": _ours(f"{material.case} limits"),
        "type": "comment",
        "category": "Other",
        "value": f"Snapshot {material.snapshot_id}. {LIMITS}",
        **_plain(stamp),
    }
    return {
        "Event": {
            "uuid": _ours(f"{material.case} {material.snapshot_id}"),
            "info": material.title,
            "date": f"{material.as_of:%Y-%m-%d}",
            "timestamp": stamp,
            "published": False,
            "analysis": ONGOING,
            "threat_level_id": UNDEFINED_THREAT,
            "distribution": YOUR_ORGANISATION_ONLY,
            "Orgc": {"name": material.producer, "uuid": _ours(material.producer)},
            "Tag": [{"name": f"tlp:{tlp}"}],
            "Attribute": [limits, *systems, *keys],
            "Object": [_account(account, material, stamp) for account in material.accounts],
        }
    }


def _account(account: OutwardAccount, material: Material, stamp: str) -> dict[str, Any]:
    own = _ours(f"{material.case} account {account.name}")
    signals = f" Signals: {', '.join(account.signal_ids)}." if account.signal_ids else ""
    told: list[tuple[str, str, object]] = [
        ("user-id", "text", account.name),
        ("disabled", "boolean", "1" if account.is_banned else "0"),
        ("description", "text", f"{account.request_count} requests in the snapshot.{signals}"),
    ]
    for relation, day in (
        ("created", account.created_on),
        ("first_login", account.first_active_on),
        ("last_login", account.last_active_on),
    ):
        if day:
            told.append((relation, "datetime", datetime.combine(day, time(), UTC).isoformat()))
    return {
        "uuid": own,
        **TEMPLATE,
        "timestamp": stamp,
        "distribution": INHERIT,
        "comment": "Under a pseudonym that holds within this case",
        "Attribute": [
            {
                "uuid": _ours(f"{own} {relation}"),
                "object_relation": relation,
                "type": kind,
                "category": "Other",
                "value": value,
                **_plain(stamp),
            }
            for relation, kind, value in told
        ],
        "ObjectReference": [
            {
                "uuid": _ours(f"{own} {key.kind} {key.name}"),
                "object_uuid": own,
                "referenced_uuid": _ours(f"{material.case} {key.kind} {key.name}"),
                "relationship_type": "related-to",
                "timestamp": stamp,
                "comment": "",
            }
            for key in material.keys
            if account.name in key.accounts
        ],
    }


def _plain(stamp: str) -> dict[str, Any]:
    return {
        "to_ids": False,
        "disable_correlation": True,
        "distribution": INHERIT,
        "timestamp": stamp,
    }


def _ours(name: str) -> str:
    return str(uuid.uuid5(OURS, name))
