"""Triage: one screen about one id, for whoever is on call.

The id is looked up, never guessed from its shape. What the screen says comes from questions; this
module chooses which to ask for which kind of thing, and lays their answers out. A question that fails
leaves a line that says so, and the card is marked as incomplete: silence is never an all-clear.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scaup.answers import Answer, visible
from scaup.errors import ScaupError, UsageError, nearest
from scaup.identities import (
    EVER,
    IDENTITY,
    SHOWN,
    Row,
    brief,
    day,
    hours,
    moment,
    more,
    named,
    number,
    report,
    word,
)
from scaup.investigations import Investigation
from scaup.questions import ask
from scaup.warehouse import Snapshot

KINDS = (
    "account", "cluster", "report", "mcp_server", "sender", "hash", "target", "contact", "api_key",
    "payment_instrument", "organization", "review_task", "action", "appeal", "mcp_version", "notice",
    "hash_entry", "content", "key",
)  # fmt: skip
SELF = ("account", "cluster", "mcp_server", "sender", "hash", "target", "contact", "key", "organization")
STALE_HOURS = 24


class UnknownSubject(UsageError):
    """No table of the snapshot names this id, or not as the kind that was asked for."""


@dataclass(frozen=True)
class Subject:
    """What an id names (`kind`), and what is to be looked at (`about_kind`, `about_id`).

    `others` are further kinds that the same id names.
    """

    id: str
    kind: str
    about_kind: str
    about_id: str
    others: tuple[str, ...] = ()


@dataclass
class Card:
    """The parts of the screen, in order: a heading and its lines. `failures` make it incomplete."""

    subject: Subject
    parts: list[tuple[str, list[str]]] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)


def recognise(snapshot: Snapshot, given: str, kind: str | None = None) -> Subject:
    """Look an id up. Raises UnknownSubject; says what else the id could have been taken for."""
    text = given.strip()
    rows = list(ask(snapshot.catalogue.question("subject_kinds"), {"subject_id": text}, snapshot).records())
    found = {str(row["subject_kind"]): row for row in reversed(rows)}
    known = sorted(found, key=lambda name: KINDS.index(name) if name in KINDS else len(KINDS))
    if not known:
        raise UnknownSubject(
            f"No table of snapshot {snapshot.id} names {visible(text)!r}. Triage knows accounts, clusters, "
            "reports, keys, hashes, MCP servers, senders, targets, contacts, tasks, actions and appeals; "
            "not requests or conversations. Check the id, and `scaup ask input_coverage` for what came in."
        )
    if kind is not None and kind not in found:
        raise UnknownSubject(
            f"{visible(text)!r} is no {kind}.{nearest(kind, known)} It is known as: {', '.join(known)}."
        )
    chosen = kind or known[0]
    if chosen in SELF:
        about = (chosen, text)
    else:
        about = (str(found[chosen]["about_type"]), str(found[chosen]["about_id"]))
    return Subject(text, chosen, *about, tuple(name for name in known if name != chosen))


def triage(
    snapshot: Snapshot, subject: Subject, investigations: Iterable[Investigation], now: datetime
) -> Card:
    """The whole card of a subject. `now` is the wall clock: it only says how old the data are."""
    card = Card(subject)
    desk = Desk(snapshot, card)
    about, kind = subject.about_id, subject.about_kind
    identity = IDENTITY.get(kind, named)(desk, about)
    if subject.kind == "report":
        identity = report(desk, subject.id) + identity
    seen = {"subject_id": about, "subject_kind": "cluster" if kind == "cluster" else None}
    card.parts = [("DATA", _data(snapshot, now)), ("WHAT IT IS", identity)]
    if kind == "key":
        holders = dict.fromkeys(str(row["account_id"]) for row in desk.ask("key_holders", key_value=about))
        card.parts.append(("RUN NEXT", [f"scaup triage {word(name)}" for name in list(holders)[:SHOWN]]))
        return _closed(card)
    risks, fired = desk.ask("who_is_at_risk", **seen), desk.ask("signals_fired", **seen)
    card.parts += [
        ("AT RISK", _rows(risks, _risk, "nobody that a signal speaks of")),
        ("CLOCKS", _clocks(desk, about, kind)),
        ("WHAT FIRED", _rows(_firsts(fired, "signal_id"), _signal, "no signal")),
        ("DECIDED BEFORE", _before(desk, about)),
        ("RUN NEXT", _next(subject, risks, fired, investigations)),
    ]
    return _closed(card)


def _closed(card: Card) -> Card:
    """The card with what was not there, and what failed, under the heading of the data."""
    lines = card.parts[0][1]
    if card.absent:
        lines.append("No data in " + ", ".join(sorted(card.absent)) + ": an empty line below may mean that.")
    lines.extend(f"COULD NOT BE READ: {failure}" for failure in card.failures)
    return card


class Desk:
    """Asks questions for a card, and keeps what failed and which inputs were not there."""

    def __init__(self, snapshot: Snapshot, card: Card) -> None:
        self.snapshot = snapshot
        self.card = card

    def ask(self, name: str, **given: object) -> list[Row]:
        """The rows of a question; none when it fails, which the card then says."""
        try:
            answer: Answer = ask(self.snapshot.catalogue.question(name), given, self.snapshot)
        except ScaupError as error:
            self.card.failures.append(f"{name}: {visible(str(error).splitlines()[0])}")
            return []
        self.card.absent.update(answer.absent_inputs)
        return list(answer.records())


# ---- the other parts -------------------------------------------------------------------------


def _data(snapshot: Snapshot, now: datetime) -> list[str]:
    age = (now.astimezone(UTC) - snapshot.as_of).total_seconds() / 3600
    line = f"known up to {moment(snapshot.as_of)} UTC; snapshot {snapshot.id}"
    if age < STALE_HOURS:
        return [line]
    return [line, f"STALE: that is {number(int(age))} hours ago. The clocks below count from then."]


def _risk(row: Row) -> list[str]:
    kept = " · SUPPORT, not enforcement" if "support" in row["routes"] else ""
    return [
        f"{visible(row['severity'])} {visible(row['harm_type'])}: "
        f"{visible(row['at_risk'] or 'not described')}{kept}",
        f"   first: {visible(row['first_step'] or 'not described')}",
    ]


def _signal(row: Row) -> list[str]:
    bits = f"{row['bits']:.1f} bits" if row["bits"] is not None else "no bits yet"
    return [
        f"{visible(row['severity'])} {visible(row['signal_id'])} {number(row['hit_count'])}×, last "
        f"{day(row['last_detected_at'])}, on {visible(row['subject_type'])}, {bits}{_others(row, 'like it')}",
        "   " + _why(row["evidence"]),
    ]


def _why(evidence: object) -> str:
    """Observed values beside their thresholds, in a few words."""
    try:
        told = json.loads(str(evidence))
    except ValueError:
        return visible(str(evidence))
    words = []
    for name, value in told.items():
        if isinstance(value, dict) and isinstance(value.get("observed"), int | float | str):
            bound = f" (from {brief(value['threshold'])})" if "threshold" in value else ""
            words.append(f"{name} {brief(value['observed'])}{bound}")
    return visible(", ".join(words[:SHOWN]) + (", …" if len(words) > SHOWN else ""))


def _clocks(desk: Desk, about: str, kind: str) -> list[str]:
    rows = desk.ask("obligations_running", subject_id=about, include_members=kind == "cluster")
    return _rows(_firsts(rows, "severity", "obligation"), _clock, "none runs")


def _clock(row: Row) -> list[str]:
    left = float(row["hours_left"])
    when = f"OVERDUE by {hours(-left)}" if row["state"] == "overdue" else f"{hours(left)} left"
    duty = "duty" if row["is_duty"] else "target"
    return [
        f"{when}: {visible(row['severity'])} {visible(row['obligation'])} ({duty}), "
        f"due {moment(row['due_at'])}",
        f"   since {moment(row['started_at'])} by {visible(row['started_by'])} {visible(row['source_id'])}"
        f"{_others(row, 'subjects')}; {visible(row['source'])}",
    ]


def _before(desk: Desk, about: str) -> list[str]:
    decisions = desk.ask("decisions_on_subject", subject_id=about)
    actions = desk.ask("enforcement_actions", subject_id=about, since=EVER)
    lines = [
        f"{day(row['decided_at'])} {visible(row['label'])} ({visible(row['rationale_code'])}) by "
        f"{visible(row['reviewer_id'])}, from {visible(row['task_source'])}"
        + ("" if row["agrees_with_first"] is not False else f"; first was {visible(row['first_label'])}")
        for row in decisions[:2]
    ]
    lines += [
        f"{day(row['occurred_at'])} {visible(row['action_type'])} for {visible(row['policy_id'])}"
        + (f", reversed {day(row['reversed_at'])}" if row["reversed_at"] else "")
        for row in actions[-2:]
    ]
    total = f"{number(len(decisions))} decisions and {number(len(actions))} actions in all."
    return [*lines, total] if lines else ["nobody reviewed it, no action was taken"]


def _next(
    subject: Subject, risks: Sequence[Row], fired: Sequence[Row], investigations: Iterable[Investigation]
) -> list[str]:
    """Investigations that the signals name, then those that are about any harm, then any that fit."""
    ids = {str(row["subject_type"]): str(row["subject_id"]) for row in reversed(fired)}
    ids[subject.about_kind] = subject.about_id
    wanted = [name for row in risks for name in row["next_investigations"] if name]
    fitting: dict[str, tuple[int, str]] = {}
    for found in investigations:
        for parameter in found.parameters:
            if parameter.entity in ids and found.name not in fitting:
                rank = 0 if found.name in wanted else 1 if found.harm_type == "none" else 2
                if rank == 0 or parameter.entity == subject.about_kind:
                    command = f"scaup investigate {found.name} {parameter.flag} {word(ids[parameter.entity])}"
                    fitting[found.name] = (rank, command)
        is_open = not any(parameter.required for parameter in found.parameters)
        if is_open and found.name in wanted and found.name not in fitting:
            fitting[found.name] = (0, f"scaup investigate {found.name}")
    ranked = sorted(fitting.values())
    best = [command for rank, command in ranked if rank < 2] or [command for _, command in ranked]
    return best[:SHOWN] or [f"scaup ask subject_signals --subject-id {word(subject.about_id)}"]


def _firsts(rows: Sequence[Row], *columns: str) -> list[Row]:
    """The first row of each value of the columns, with the number of the others as `others`."""
    counts: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        counts[key] = counts.get(key, -1) + 1
    found: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        found.setdefault(key, {**row, "others": counts[key]})
    return list(found.values())


def _others(row: Row, noun: str) -> str:
    return f"; and on {number(row['others'])} more {noun}" if row["others"] else ""


def _rows(rows: Sequence[Row], line: Callable[[Row], list[str]], empty: str) -> list[str]:
    if not rows:
        return [empty]
    return [text for row in rows[:SHOWN] for text in line(row)] + more(len(rows))
