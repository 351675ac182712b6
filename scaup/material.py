"""What a case has for a partner: accounts, shared infrastructure and hash matches, under pseudonyms.

Everything that an export writes comes from here, and here is where identifiers end: an account, device,
network or object is known outside by a pseudonym that only the case's key ties to it. Times of people are
given as days. Accounts whose holder needs help, or whom a review found benign, are left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scaup.errors import ScaupError
from scaup.questions import ask
from scaup.warehouse import Snapshot

SPARED = ("needs_support", "benign")
Pseudonym = Callable[[str, str], str]  # (kind, value) -> what stands for it outside


class NothingToExport(ScaupError):
    """The case has no account or object that may be named to a partner."""


@dataclass(frozen=True)
class OutwardAccount:
    """One account as a partner may know it."""

    name: str
    created_on: date | None
    first_active_on: date | None
    last_active_on: date | None
    request_count: int
    is_banned: bool
    signal_ids: tuple[str, ...]


@dataclass(frozen=True)
class OutwardKey:
    """One device, payment instrument, network or template that at least two of the accounts share."""

    name: str
    kind: str
    accounts: tuple[str, ...]
    asn: int | None
    first_seen_on: date
    last_seen_on: date


@dataclass(frozen=True)
class OutwardMatch:
    """One match with a hash list. The list's own ids stay: the list gave them to us."""

    content: str
    account: str | None
    list_id: str
    entry_id: str
    hash_type: str | None
    opinion: str | None
    entry_status: str | None
    distance: int
    occurred_on: date
    review_label: str | None


@dataclass(frozen=True)
class Material:
    """All that may leave of one case, and what was left out of it.

    `case` is the case's pseudonym, `spared` counts accounts by the review that spares them, `unknown`
    the subjects of which the snapshot knows nothing, `replaced` the identifiers that got a pseudonym.
    `least` is the smallest count of people's objects that may be told.
    """

    case: str
    title: str
    producer: str
    as_of: datetime
    snapshot_id: str
    accounts: tuple[OutwardAccount, ...]
    keys: tuple[OutwardKey, ...]
    matches: tuple[OutwardMatch, ...]
    spared: Mapping[str, int]
    unknown: int
    replaced: int
    least: int

    @property
    def row_count(self) -> int:
        return len(self.accounts) + len(self.keys) + len(self.matches)


def gather(
    snapshot: Snapshot,
    case_id: str,
    subjects: Sequence[tuple[str, str]],
    pseudonym: Pseudonym,
    *,
    title: str,
    producer: str,
    least: int,
) -> Material:
    """Ask the snapshot what a partner may be told of a case's subjects, (type, id) each.

    Clusters are followed to their members. Raises NothingToExport when nothing is left to tell.
    """
    replaced: dict[tuple[str, str], str] = {}

    def named(kind: str, value: str) -> str:
        if (kind, value) not in replaced:
            replaced[kind, value] = pseudonym(kind, value)
        return replaced[kind, value]

    accounts = [subject for kind, subject in subjects if kind == "account"]
    for kind, subject in subjects:
        if kind == "cluster":
            roster = _rows(snapshot, "cluster_roster", cluster_id=subject)
            accounts += [str(row["account_id"]) for row in roster]
    accounts = list(dict.fromkeys(accounts))
    contents = [subject for kind, subject in subjects if kind == "content"]
    rows = _rows(snapshot, "outward_accounts", account_ids=accounts) if accounts else []
    spared = [row for row in rows if row["review_label"] in SPARED]
    told = [row for row in rows if row["review_label"] not in SPARED]
    ids = [str(row["account_id"]) for row in told]
    keys = _rows(snapshot, "outward_infrastructure", account_ids=ids) if ids else []
    matches = (
        _rows(snapshot, "outward_matches", account_ids=ids, content_ids=contents) if ids or contents else []
    )
    spared_ids = {str(row["account_id"]) for row in spared}
    matches = [row for row in matches if row["account_id"] not in spared_ids]
    if not told and not matches:
        raise NothingToExport(
            f"Case {case_id} has nothing that may be told to a partner: {len(spared)} of its accounts are "
            f"spared by a review, and snapshot {snapshot.id} knows no other. `scaup case status {case_id}` "
            "lists its subjects."
        )
    return Material(
        case=named("case", case_id),
        title=title,
        producer=producer,
        as_of=snapshot.as_of,
        snapshot_id=snapshot.id,
        accounts=tuple(_account(row, named) for row in told),
        keys=tuple(_key(row, named) for row in keys),
        matches=tuple(_match(row, named) for row in matches),
        spared={label: sum(row["review_label"] == label for row in spared) for label in SPARED},
        unknown=len(accounts) - len(rows),
        replaced=len(replaced),
        least=least,
    )


def _rows(snapshot: Snapshot, question: str, **values: object) -> list[dict[str, Any]]:
    answer = ask(snapshot.catalogue.question(question), values, snapshot)
    if answer.cut_by:
        raise ScaupError(
            f"{question} was cut at {answer.row_count:,} rows ({answer.cut_by}), and half a case must not "
            "leave the house. Split the case."
        )
    return list(answer.records())


def _account(row: Mapping[str, Any], named: Pseudonym) -> OutwardAccount:
    return OutwardAccount(
        name=named("account", row["account_id"]),
        created_on=_day(row["account_created_at"]),
        first_active_on=row["first_active_on"],
        last_active_on=row["last_active_on"],
        request_count=row["request_count"] or 0,
        is_banned=bool(row["is_banned"]),
        signal_ids=tuple(row["signal_ids"] or ()),
    )


def _key(row: Mapping[str, Any], named: Pseudonym) -> OutwardKey:
    first, last = _day(row["first_seen_at"]), _day(row["last_seen_at"])
    assert first and last
    return OutwardKey(
        name=named(row["key_type"], row["key_value"]),
        kind=row["key_type"],
        accounts=tuple(named("account", account) for account in row["account_ids"]),
        asn=row["asn"],
        first_seen_on=first,
        last_seen_on=last,
    )


def _match(row: Mapping[str, Any], named: Pseudonym) -> OutwardMatch:
    day = _day(row["occurred_at"])
    assert day
    return OutwardMatch(
        content=named("content", row["content_id"]),
        account=named("account", row["account_id"]) if row["account_id"] else None,
        list_id=row["list_id"],
        entry_id=row["entry_id"],
        hash_type=row["hash_type"],
        opinion=row["opinion"],
        entry_status=row["entry_status"],
        distance=row["distance"],
        occurred_on=day,
        review_label=row["review_label"],
    )


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
