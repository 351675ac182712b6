"""Cases: what is known of one, read from its custody log.

    cases/<id>/log.jsonl, head.json    every step, chained and signed: the case is what the log says
    cases/<id>/notes/N1.md             notes, in Markdown; the log holds their hashes
    cases/<id>/runs/R1/                what one run asked and what came back: see `scaup.runs`

Nothing here writes; `scaup.casework` does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaup.custody import CustodyBroken, Entry, read_log
from scaup.errors import UsageError, nearest
from scaup.home import Home
from scaup.keys import key_folder, known_keys
from scaup.trail import steps
from scaup.verifier import PublicKey
from scaup.warehouse import SNAPSHOT_NAME

# Entries that say what left the house: they change nothing in the case, and no package holds those after
# the last entry that does, so that the same case gives the same package twice.
DELIVERIES = frozenset({"sealed", "exported", "replayed"})


class UnknownCase(UsageError):
    """There is no case of this id in the home."""


@dataclass(frozen=True)
class Subject:
    """Whom or what the case is about, as the snapshot names it. `role`: subject, victim, witness, …"""

    type: str
    id: str
    role: str


@dataclass(frozen=True)
class Note:
    """A note: its file below the case's folder, and the file's hash as it was written."""

    id: str
    path: str
    sha256: str
    at: str
    who: str


@dataclass(frozen=True)
class Run:
    """One run: what was asked (`ask` or `investigate` and a name), and the hash of its manifest."""

    id: str
    kind: str
    name: str
    manifest_sha256: str
    snapshot_id: str
    exhibits: int
    rows: int
    purpose: str
    at: str
    who: str


@dataclass(frozen=True)
class Source:
    """What a statement may rest on. `grade` is Admiralty's: reliability A–F and credibility 1–6, judged
    apart; sources of one `origin` count once."""

    id: str
    title: str
    grade: str
    origin: str
    descriptor: str
    collected_at: str
    sha256: str
    runs: tuple[str, ...]


@dataclass(frozen=True)
class Judgment:
    """A judgment: how likely (one of the seven bands), and apart from that how confident."""

    id: str
    statement: str
    likelihood: str
    confidence: str
    basis: tuple[str, ...]
    assumptions: tuple[str, ...]
    would_change: str
    at: str
    who: str


@dataclass(frozen=True)
class Element:
    """One element of the claim: the fact that meets it, what it rests on, and what speaks against it."""

    id: str
    element: str
    fact: str
    sources: tuple[str, ...]
    grade: str
    counter_evidence: str
    terms_version: str


@dataclass(frozen=True)
class Decision:
    """What was decided about a subject, by whom, under which clause and version, and why."""

    id: str
    action: str
    subject: Subject
    is_terminal: bool
    clause: str
    version: int
    rationale: str
    reviewer: str
    role: str
    second_reviewer: str
    second_role: str
    cites: tuple[str, ...]
    distinguishes: tuple[str, ...]
    dissent: str
    at: str
    who: str


@dataclass(frozen=True)
class Hold:
    """A legal hold: nothing of the case is closed or erased while it stands. `released_at` ends it."""

    id: str
    reason: str
    scope: str
    placed_at: str
    placed_by: str
    released_at: str = ""


@dataclass(frozen=True)
class Case:
    """One case, as its log tells it. `uid` is its own for ever; `id` is what people call it."""

    id: str
    folder: Path
    uid: str
    title: str
    purpose: str
    lead: str
    opened_at: str
    status: str = "open"
    outcome: str = ""
    policy: str = ""
    subjects: tuple[Subject, ...] = ()
    notes: tuple[Note, ...] = ()
    runs: tuple[Run, ...] = ()
    sources: tuple[Source, ...] = ()
    judgments: tuple[Judgment, ...] = ()
    elements: tuple[Element, ...] = ()
    decisions: tuple[Decision, ...] = ()
    holds: tuple[Hold, ...] = ()
    ach: Mapping[str, Any] = field(default_factory=dict)
    log: tuple[Entry, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    @property
    def standing_holds(self) -> tuple[Hold, ...]:
        """The holds that were not released."""
        return tuple(hold for hold in self.holds if not hold.released_at)

    @property
    def settled_log(self) -> tuple[Entry, ...]:
        """The log up to the last entry that says something of the case itself."""
        entries = list(self.log)
        while entries[-1].event in DELIVERIES:
            entries.pop()
        return tuple(entries)

    @property
    def citable(self) -> tuple[str, ...]:
        """What a judgment or an element may rest on: sources and runs."""
        return (*(source.id for source in self.sources), *(run.id for run in self.runs))


def list_cases(home: Home) -> list[str]:
    """The ids of all cases in the home, by name."""
    folder = home.cases
    names = [path.parent.name for path in folder.glob("*/log.jsonl")]
    return sorted(name for name in names if SNAPSHOT_NAME.fullmatch(name))


def hold_to_trail(home: Home, case: Case) -> None:
    """Hold a case's log against the home's audit trail, which tells of every step in another place.

    Raises CustodyBroken when the trail knows of a step that the log does not have: an older log, with the
    older signed head, was put in its place.
    """
    for facts in reversed(steps(home, case.uid)):
        place, digest = int(facts["seq"]), facts["entry_sha256"]
        if place > len(case.log) or case.log[place - 1].hash != digest:
            raise CustodyBroken(
                f"The home's audit trail knows of entry {place} of case {case.id}, and the log does not "
                "have it: an older log was put in its place."
            )
        return


def snapshots_in_use(home: Home, *, on_hold_only: bool = False) -> set[str]:
    """The snapshots that open cases, and cases on hold, have asked. Logs are read as they are: one that does
    not hold keeps its snapshots too."""
    found: set[str] = set()
    for name in list_cases(home):
        used: set[str] = set()
        is_closed, holds = False, 0
        for line in (home.cases / name / "log.jsonl").read_bytes().split(b"\n"):
            try:
                entry = json.loads(line)
                event, facts = entry["event"], entry["facts"]
            except (ValueError, TypeError, KeyError):
                continue
            used |= {str(facts["snapshot_id"])} if event == "run" else set()
            is_closed = is_closed or event == "close"
            holds += {"hold": 1, "release": -1}.get(event, 0)
        is_kept = holds > 0 or (not is_closed and not on_hold_only)
        found |= used if is_kept else set()
    return found


def find_case(home: Home, case_id: str, keys: Sequence[PublicKey] | None = None) -> Case:
    """The case of that id, its custody log checked. Raises UnknownCase, CustodyBroken.

    `keys` are the public keys that entries may be signed with; default: those in the key folder.
    """
    known = list_cases(home)
    if case_id not in known:
        how = f"`scaup case list` lists all {len(known)}." if known else "`scaup case open ID` opens one."
        raise UnknownCase(f"No case {case_id!r}.{nearest(case_id, known)} {how}")
    trusted = list(known_keys(key_folder()).values()) if keys is None else keys
    folder = home.cases / case_id
    return as_told(folder, read_log(folder, trusted))


def as_told(folder: Path, entries: Sequence[Entry]) -> Case:
    """The case that a log tells of. Raises CustodyBroken when it tells of none, or of another one."""
    if not entries or entries[0].event != "open" or entries[0].facts.get("id") != folder.name:
        raise CustodyBroken(f"The log of case {folder.name} does not begin by opening it.")
    lists: dict[str, list[Any]] = {name: [] for name in LISTS}
    first = entries[0].facts
    fields: dict[str, Any] = {name: first[name] for name in ("id", "uid", "title", "purpose", "policy")}
    fields |= {"lead": entries[0].who, "opened_at": entries[0].at, "status": "open", "outcome": "", "ach": {}}
    for entry in entries[1:]:
        facts: Mapping[str, Any] = entry.facts
        if entry.event in READ:
            name, read = READ[entry.event]
            lists[name].append(read(facts, entry))
        elif entry.event == "release":
            lists["holds"] = [_released(hold, facts, entry) for hold in lists["holds"]]
        elif entry.event == "ach":
            fields["ach"] = facts
        elif entry.event in ("close", "reopen"):
            fields["status"] = "closed" if entry.event == "close" else "open"
            fields["outcome"] = facts.get("outcome", "")
        elif entry.event not in DELIVERIES:
            raise CustodyBroken(
                f"Entry {entry.seq} of case {folder.name} is a {entry.event!r}, which this Scaup does not "
                "know: it was written by a later one."
            )
    fields |= {name: tuple(found) for name, found in lists.items()}
    return Case(folder=folder, log=tuple(entries), **fields)


def _subject(facts: Mapping[str, Any]) -> Subject:
    return Subject(facts["type"], facts["id"], facts["role"])


def _source(facts: Mapping[str, Any]) -> Source:
    return Source(**{**facts, "runs": tuple(facts["runs"])})


def _judgment(facts: Mapping[str, Any], entry: Entry) -> Judgment:
    lists = {name: tuple(facts[name]) for name in ("basis", "assumptions")}
    return Judgment(**{**facts, **lists}, at=entry.at, who=entry.who)


def _decision(facts: Mapping[str, Any], entry: Entry) -> Decision:
    lists = {name: tuple(facts[name]) for name in ("cites", "distinguishes")}
    return Decision(**{**facts, **lists, "subject": _subject(facts["subject"])}, at=entry.at, who=entry.who)


def _released(hold: Hold, facts: Mapping[str, Any], entry: Entry) -> Hold:
    return Hold(**{**vars(hold), "released_at": entry.at}) if hold.id == facts["id"] else hold


READ: dict[str, tuple[str, Callable[[Mapping[str, Any], Entry], Any]]] = {
    "add": ("subjects", lambda facts, entry: _subject(facts)),
    "note": ("notes", lambda facts, entry: Note(**facts, at=entry.at, who=entry.who)),
    "run": ("runs", lambda facts, entry: Run(**facts, at=entry.at, who=entry.who)),
    "source": ("sources", lambda facts, entry: _source(facts)),
    "judge": ("judgments", _judgment),
    "element": ("elements", lambda facts, entry: Element(**{**facts, "sources": tuple(facts["sources"])})),
    "decide": ("decisions", _decision),
    "hold": ("holds", lambda facts, entry: Hold(**facts, placed_at=entry.at, placed_by=entry.who)),
}
LISTS = tuple(name for name, _ in READ.values())
