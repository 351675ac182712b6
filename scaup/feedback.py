"""What to tell a hash-sharing list about its entries that matched in a case: draft feedback.

An entry gets feedback only from a review of the object that matched, never from the match itself. One
whose objects were judged both ways, or by nobody yet, is listed as undecided; one that was withdrawn or
deleted is listed for purging, whatever was found. How often an entry matched is told as far as it is not a
small count, and gives none away.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from scaup.material import Material, OutwardMatch
from scaup.suppression import Label, suppress

OPINIONS = {"violating": "positive", "benign": "negative"}
GONE = ("withdrawn", "deleted")


def feedback(material: Material, tlp: str) -> dict[str, Any]:
    """The draft as a document: per list, the entries with an opinion, the undecided, the ones to purge."""
    by_entry: dict[tuple[str, str], list[OutwardMatch]] = defaultdict(list)
    for match in material.matches:
        by_entry[match.list_id, match.entry_id].append(match)
    lists: dict[str, dict[str, Any]] = {}
    counts = match_counts(material)
    for (list_id, entry_id), matches in sorted(by_entry.items()):
        found = lists.setdefault(list_id, {"list_id": list_id, "feedback": [], "undecided": [], "purge": []})
        labels = {match.review_label for match in matches if match.review_label}
        opinions = {OPINIONS[label] for label in labels if label in OPINIONS}
        told: dict[str, Any] = {
            "entry_id": entry_id,
            "hash_type": matches[0].hash_type,
            "match_count": counts[list_id, entry_id],
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
        "withheld": f"A match_count of null is below {material.least}, or would tell one that is.",
        "lists": list(lists.values()),
    }


def match_counts(material: Material) -> dict[tuple[str, str], int | None]:
    """How often each entry (list, entry) matched; None where that is withheld."""
    found: dict[tuple[str, str], int | None] = {}
    matched = Counter((match.list_id, match.entry_id) for match in material.matches)
    for list_id in sorted({list_id for list_id, _ in matched}):
        own: dict[tuple[Label, Label], int] = {
            ("", entry): count for (name, entry), count in matched.items() if name == list_id
        }
        table = suppress(own, material.least)
        found |= {(list_id, str(entry)): count for (_, entry), count in table.cells.items()}
    return found
