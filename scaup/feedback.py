"""What to tell a hash-sharing list about its entries that matched in a case: draft feedback.

An entry gets feedback only from a review of the object that matched, never from the match itself. One
whose objects were judged both ways, or by nobody yet, is listed as undecided; one that was withdrawn or
deleted is listed for purging, whatever was found.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from scaup.material import Material, OutwardMatch

OPINIONS = {"violating": "positive", "benign": "negative"}
GONE = ("withdrawn", "deleted")


def feedback(material: Material, tlp: str) -> dict[str, Any]:
    """The draft as a document: per list, the entries with an opinion, the undecided, the ones to purge."""
    by_entry: dict[tuple[str, str], list[OutwardMatch]] = defaultdict(list)
    for match in material.matches:
        by_entry[match.list_id, match.entry_id].append(match)
    lists: dict[str, dict[str, Any]] = {}
    for (list_id, entry_id), matches in sorted(by_entry.items()):
        found = lists.setdefault(list_id, {"list_id": list_id, "feedback": [], "undecided": [], "purge": []})
        labels = {match.review_label for match in matches if match.review_label}
        opinions = {OPINIONS[label] for label in labels if label in OPINIONS}
        told: dict[str, Any] = {
            "entry_id": entry_id,
            "hash_type": matches[0].hash_type,
            "match_count": len(matches),
            "least_distance": min(match.distance for match in matches),
            "first_matched_on": min(match.occurred_on for match in matches).isoformat(),
        }
        if matches[0].entry_status in GONE:
            found["purge"].append({**told, "status": matches[0].entry_status})
        elif len(opinions) == 1 and labels <= set(OPINIONS):
            found["feedback"].append({**told, "opinion": opinions.pop(), "basis": "human review"})
        else:
            why = "not reviewed" if not labels else "reviews differ or are borderline"
            found["undecided"].append({**told, "why": why, "list_opinion": matches[0].opinion})
    return {
        "kind": "hash-feedback",
        "is_draft": True,
        "case": material.case,
        "producer": material.producer,
        "snapshot_id": material.snapshot_id,
        "as_of": material.as_of.isoformat(),
        "tlp": tlp,
        "lists": list(lists.values()),
    }
