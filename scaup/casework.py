"""Casework: every step that a case can take. Each is one entry in its custody log, or nothing.

What is written down is checked first: ids are safe, grades are Admiralty's, likelihoods are one of the
seven bands, what is cited is there, and nothing terminal is decided without clause, version, rationale
and, where the policy asks for it, a second reviewer in another role.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scaup import custody
from scaup.answers import visible
from scaup.cases import Case, as_told, find_case, list_cases
from scaup.errors import ScaupError, UsageError, nearest
from scaup.home import Home
from scaup.hypotheses import read_table
from scaup.keys import SigningKey, key_folder, known_keys, signing_key
from scaup.lexicon import GRADE, hedge_in
from scaup.policies import Policies
from scaup.trail import record
from scaup.warehouse import SNAPSHOT_NAME

WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
ROLES = ("analyst", "lead", "policy", "legal", "child_safety", "engineer", "executive")
SHORTEST_RATIONALE = 20  # characters; a rationale has to stand alone


class CaseUnfit(ScaupError):
    """The step does not fit the case: it is closed, on hold, or lacks what the step rests on."""


@dataclass(frozen=True)
class Desk:
    """Where somebody works on cases: a home and the key that signs their steps."""

    home: Home
    key: SigningKey

    def take(self, case_id: str, event: str, facts_of: Callable[[Case], Mapping[str, Any]]) -> Case:
        """Take one step: `facts_of` looks at the case as it now is, under the lock, and says its facts."""
        find_case(self.home, case_id)
        folder = self.home.cases / case_id
        keys = list(known_keys(key_folder()).values())
        with custody.writing(folder):
            case = find_case(self.home, case_id, keys)
            facts = facts_of(case)
            entry = custody.append(folder, event, facts, self.key, keys)
        self._leave_trail(case.uid, event, entry)
        return as_told(folder, [*case.log, entry])

    def _leave_trail(self, uid: str, event: str, entry: custody.Entry) -> None:
        """The home's audit trail learns that something happened, never about whom."""
        facts = {
            "case": uid,
            "step": event,
            "seq": entry.seq,
            "entry_sha256": entry.hash,
            "key": entry.key_id,
        }
        record(self.home, "case", facts)


def desk(home: Home, key_name: str | None = None) -> Desk:
    """The desk of whoever calls. Raises KeyMissing when they have no signing key."""
    return Desk(home, signing_key(key_folder(), key_name))


def open_case(at: Desk, case_id: str, purpose: str, title: str = "", policy: str = "") -> Case:
    """Open a case. Raises UsageError for an unsafe or a taken id, and without a purpose."""
    if not SNAPSHOT_NAME.fullmatch(case_id):
        raise UsageError(
            f"{visible(case_id)!r} cannot be a case's id: letters, digits, - and _, up to 64, a letter or "
            "digit first. It stands in file names, so nobody's identity belongs into it."
        )
    if taken := next((one for one in list_cases(at.home) if one.lower() == case_id.lower()), None):
        raise UsageError(f"There is a case {taken!r} already. `scaup case status {taken}` shows it.")
    _needed(purpose, "purpose", "why these people's data may be looked at")
    folder = at.home.cases
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    room = folder / f".{case_id}.{secrets.token_hex(4)}"
    room.mkdir(mode=0o700)
    uid = secrets.token_hex(16)
    facts = {"id": case_id, "uid": uid, "title": title or case_id, "purpose": purpose, "policy": policy}
    try:
        entry = custody.append(room, "open", facts, at.key, list(known_keys(key_folder()).values()))
        room.rename(folder / case_id)
    except OSError as error:
        raise UsageError(f"Case {case_id!r} could not be opened: {error.strerror}.") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)
    custody.sync_folder(folder)
    at._leave_trail(uid, "open", entry)
    return find_case(at.home, case_id)


def add_subject(at: Desk, case_id: str, subject_type: str, subject_id: str, role: str = "subject") -> Case:
    """Put somebody or something into the case."""
    _word(subject_type, "A subject's type", "account, cluster, contact, …")
    _word(role, "A role", "subject, victim, witness, …")
    _needed(subject_id, "subject", "its id as the snapshot has it")

    def facts(case: Case) -> Mapping[str, Any]:
        _hold_open(case)
        if any((one.type, one.id) == (subject_type, subject_id) for one in case.subjects):
            raise CaseUnfit(f"This {subject_type} is in case {case.id} already.")
        return {"type": subject_type, "id": subject_id, "role": role}

    return at.take(case_id, "add", facts)


def add_note(at: Desk, case_id: str, text: str) -> Case:
    """Add a note in Markdown. It becomes a file; the log keeps its hash."""
    _needed(text, "note", "what you want to remember")

    def facts(case: Case) -> Mapping[str, Any]:
        _hold_open(case)
        name = f"N{len(case.notes) + 1}"
        content = (text.strip() + "\n").encode("utf-8", "backslashreplace")
        path = case.folder / "notes" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        custody.write_file(path, content)
        return {"id": name, "path": f"notes/{name}.md", "sha256": hashlib.sha256(content).hexdigest()}

    return at.take(case_id, "note", facts)


def add_source(
    at: Desk,
    case_id: str,
    title: str,
    grade: str,
    *,
    origin: str = "",
    descriptor: str = "",
    collected_at: str = "",
    sha256: str = "",
    runs: Iterable[str] = (),
) -> Case:
    """Add a source. `grade` is reliability and credibility, as in B2; F6 when neither can be judged."""
    _needed(title, "source", "what it is")
    _hold_grade(grade)
    given: dict[str, Any] = {"title": title, "grade": grade, "origin": origin, "descriptor": descriptor}
    given |= {"collected_at": _day(collected_at), "sha256": sha256, "runs": list(runs)}

    def facts(case: Case) -> Mapping[str, Any]:
        _hold_open(case)
        _hold_known(given["runs"], [run.id for run in case.runs], "run", case)
        return {"id": f"S{len(case.sources) + 1}", **given}

    return at.take(case_id, "source", facts)


def judge(
    at: Desk,
    case_id: str,
    statement: str,
    likelihood: str,
    confidence: str,
    basis: Iterable[str],
    would_change: str,
    assumptions: Iterable[str] = (),
) -> Case:
    """Record a judgment. Its words carry no likelihood of their own: the band does."""
    _needed(statement, "judgment", "what you judge to be so")
    _needed(would_change, "judgment", "what would change it (--would-change)")
    if word := hedge_in(statement):
        raise UsageError(
            f"The statement says {word!r}. State it plainly; --likelihood and --confidence say how sure "
            "you are, and the two are never mixed in one sentence (ICD 203)."
        )
    given: dict[str, Any] = {"statement": statement, "likelihood": likelihood, "confidence": confidence}
    given |= {"basis": list(basis), "assumptions": list(assumptions), "would_change": would_change}

    def facts(case: Case) -> Mapping[str, Any]:
        _hold_open(case)
        if not given["basis"]:
            raise UsageError("A judgment rests on something: name sources or runs with --basis.")
        _hold_known(given["basis"], case.citable, "source or run", case)
        return {"id": f"J{len(case.judgments) + 1}", **given}

    return at.take(case_id, "judge", facts)


def add_element(
    at: Desk,
    case_id: str,
    element: str,
    fact: str,
    sources: Iterable[str],
    grade: str,
    counter_evidence: str,
    terms_version: str,
) -> Case:
    """Record what meets one element of the claim, what it rests on, and what speaks against it."""
    _needed(element, "element", "which element of the claim")
    _needed(fact, "element", "the fact that meets it (--fact)")
    _needed(counter_evidence, "element", "what speaks against it (--counter); 'none found' is an answer")
    _hold_grade(grade)
    given: dict[str, Any] = {"element": element, "fact": fact, "sources": list(sources), "grade": grade}
    given |= {"counter_evidence": counter_evidence, "terms_version": terms_version}

    def facts(case: Case) -> Mapping[str, Any]:
        _hold_open(case)
        if not given["sources"]:
            raise UsageError("An element rests on something: name sources or runs with --source.")
        _hold_known(given["sources"], case.citable, "source or run", case)
        return {"id": f"E{len(case.elements) + 1}", **given}

    return at.take(case_id, "element", facts)


def decide(at: Desk, case_id: str, policies: Policies, given: Mapping[str, Any]) -> Case:
    """Record a decision: `action`, `subject` (type and id), `clause`, `version`, `rationale`, `reviewer`,
    `role`, `second_reviewer`, `second_role`, `cites`, `distinguishes`, `dissent`.

    Raises UsageError for what is not known, CaseUnfit for what may not be decided like this.
    """
    action = policies.action(given["action"])
    clause = policies.clause(given["clause"], given["version"]) if given["clause"] else None
    is_terminal = action.is_terminal
    is_short = len(given["rationale"].strip()) < SHORTEST_RATIONALE
    missing = [
        words
        for is_missing, words in (
            (clause is None, "the clause of policy (--clause) and its version (--version)"),
            (is_short, "a rationale that stands alone (--rationale)"),
            (not given["role"], "the reviewer's role (--role)"),
        )
        if is_missing
    ]
    if is_terminal and missing:
        raise CaseUnfit(f"{action.name} is terminal: it needs {'; '.join(missing)}.")
    second = _same_name(given["second_reviewer"])
    has_second = second and given["second_role"]
    if is_terminal and clause and clause.needs_second_review and not has_second:
        raise CaseUnfit(
            f"{action.name} under {clause.id} needs a second reviewer in another role: "
            "--second NAME --second-role ROLE."
        )
    reviewer = given["reviewer"].strip() or custody.who_writes()
    if second and second == _same_name(reviewer):
        raise CaseUnfit("The second reviewer is the first one: somebody else has to look.")
    if second and given["second_role"] == given["role"]:
        raise CaseUnfit(
            f"Both reviewers are of role {given['role']!r}: the second one looks from another role."
        )

    def facts(case: Case) -> Mapping[str, Any]:
        _hold_open(case)
        wanted = tuple(given["subject"])
        subject = next((one for one in case.subjects if (one.type, one.id) == wanted), None)
        if subject is None:
            raise CaseUnfit(
                f"This {given['subject'][0]} is no subject of case {case.id}. "
                f"`scaup case add {case.id} {given['subject'][0]} ID` puts it in."
            )
        texts = ("rationale", "role", "second_reviewer", "second_role", "dissent")
        return {
            "id": f"D{len(case.decisions) + 1}",
            "action": action.id,
            "subject": vars(subject),
            "is_terminal": is_terminal,
            "clause": clause.id if clause else "",
            "version": clause.version if clause else 0,
            "reviewer": reviewer,
            "cites": list(given["cites"]),
            "distinguishes": list(given["distinguishes"]),
            **{name: given[name] for name in texts},
        }

    return at.take(case_id, "decide", facts)


def record_ach(at: Desk, case_id: str, text: str) -> Case:
    """Record the table of competing hypotheses, in place of the one before."""
    table = read_table(text)

    def facts(case: Case) -> Mapping[str, Any]:
        _hold_open(case)
        return table

    return at.take(case_id, "ach", facts)


def place_hold(at: Desk, case_id: str, reason: str, scope: str = "everything in the case") -> Case:
    """Place a legal hold: until it is released nothing of the case is closed or erased."""
    _needed(reason, "hold", "why (--reason): who anticipates what")
    return at.take(
        case_id, "hold", lambda case: {"id": f"H{len(case.holds) + 1}", "reason": reason, "scope": scope}
    )


def release_hold(at: Desk, case_id: str, hold_id: str, reason: str) -> Case:
    """Release a hold."""
    _needed(reason, "release", "why (--reason)")

    def facts(case: Case) -> Mapping[str, Any]:
        _hold_known([hold_id], [hold.id for hold in case.standing_holds], "standing hold", case)
        return {"id": hold_id, "reason": reason}

    return at.take(case_id, "release", facts)


def close_case(at: Desk, case_id: str, outcome: str) -> Case:
    """Close a case. Raises CaseUnfit while a legal hold stands."""
    _needed(outcome, "close", "how it came out (--outcome)")

    def facts(case: Case) -> Mapping[str, Any]:
        _hold_open(case)
        if holds := case.standing_holds:
            raise CaseUnfit(
                f"Case {case.id} is on legal hold ({', '.join(hold.id for hold in holds)}) and stays open. "
                f"`scaup case hold {case.id} --release {holds[0].id} --reason …` releases it."
            )
        return {"outcome": outcome}

    return at.take(case_id, "close", facts)


# ---- what is checked --------------------------------------------------------------------------


def _hold_open(case: Case) -> None:
    if not case.is_open:
        raise CaseUnfit(f"Case {case.id} is closed. Open a new one that names it.")


def _needed(text: str, what: str, meaning: str) -> None:
    if not text.strip():
        raise UsageError(f"A {what} says {meaning}.")


def _word(text: str, what: str, examples: str) -> None:
    if not WORD.fullmatch(text):
        raise UsageError(f"{what} is a word in lower case ({examples}); {visible(text)!r} is not.")


def _same_name(name: str) -> str:
    """A name as it is compared: what looks like spaces, capitals or wide letters makes nobody another one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _hold_grade(grade: str) -> None:
    if not GRADE.fullmatch(grade):
        raise UsageError(
            f"{visible(grade)!r} is no grade: reliability A (reliable) to F (cannot be judged), and apart "
            "from it credibility 1 (confirmed) to 6 (cannot be judged), as in B2."
        )


def _hold_known(wanted: Iterable[str], known: Iterable[str], what: str, case: Case) -> None:
    names = list(known)
    for name in wanted:
        if name not in names:
            has = f"It has: {', '.join(names)}." if names else "It has none yet."
            raise UsageError(f"Case {case.id} has no {what} {visible(name)!r}.{nearest(name, names)} {has}")


def _day(text: str) -> str:
    if not text:
        return datetime.now(UTC).date().isoformat()
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        raise UsageError(f"{visible(text)!r} is no day: write it as in 2026-05-31.") from None


def read_text(path: Path) -> str:
    """A text that a user points to. Raises UsageError when it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as text: {error}.") from error
