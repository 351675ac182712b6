"""What a thing is, in a few lines of a triage card: one function a kind, fed by questions.

Also the words in which numbers, days and moments are said there. Whatever comes from data is made
visible before it is put into a line.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from scaup.answers import plain_text, visible

SHOWN = 3  # rows of one part that a screen has room for
EVER = "-400d"
Row = Mapping[str, Any]


class Asks(Protocol):
    """Whoever answers questions: the rows of one, none when it failed."""

    def ask(self, name: str, **given: object) -> list[Row]: ...


def _account(desk: Asks, account_id: str) -> list[str]:
    rows = desk.ask("account_overview", account_id=account_id)
    if not rows:
        return ["Named by other tables, but no account record."]
    row = rows[0]
    lines = [
        f"signed up {day(row['account_created_at'])}, {number(row['account_age_days'])} days old; "
        f"verified organisation: {truth(row['is_verified_org_member'])}",
        f"active {day(row['first_active_on'])} to {day(row['last_active_on'])} on "
        f"{number(row['active_day_count'])} days: {number(row['request_count'])} requests, "
        f"{number(row['output_tokens'])} tokens out, {number(row['refused_count'])} refused",
        f"linked to {number(row['linked_account_count'])} accounts, "
        f"{number(row['linked_banned_accounts'])} of them banned; "
        + (
            f"cluster {visible(row['cluster_id'])} of {number(row['cluster_member_count'])}"
            if row["cluster_id"]
            else "in no cluster"
        ),
    ]
    if row["bits"] is not None:
        reached = "reaches" if row["is_above_escalation"] else "is below"
        lines.append(
            f"risk {row['bits']:.1f} bits, {reached} the escalation threshold"
            + (f" of {row['escalation_bits']:.1f}" if row["escalation_bits"] is not None else "")
            + (" · SUPPORT, not enforcement" if row["route"] == "support" else "")
        )
    if row["banned_at"]:
        undone = f", reversed {day(row['ban_reversed_at'])}" if row["ban_reversed_at"] else ", not reversed"
        lines.append(f"BANNED {day(row['banned_at'])}{undone}")
    return lines


def _cluster(desk: Asks, cluster_id: str) -> list[str]:
    rows = desk.ask("cluster_overview", cluster_id=cluster_id)
    if not rows:
        return ["No member is known."]
    row = rows[0]
    return [
        f"{number(row['member_count'])} accounts, {number(row['banned_count'])} banned, "
        f"{number(row['verified_member_count'])} of verified organisations; signed up "
        f"{day(row['first_signed_up_at'])} to {day(row['last_signed_up_at'])}",
        f"active {day(row['first_active_on'])} to {day(row['last_active_on'])}: "
        f"{number(row['request_count'])} requests, {number(row['output_tokens'])} tokens out",
        f"{number(row['escalated_member_count'])} members reach the escalation threshold; "
        f"{number(row['action_count'])} actions on members so far",
    ]


def report(desk: Asks, report_id: str) -> list[str]:
    rows = desk.ask("reports_on_subject", report_id=report_id)
    own = [row for row in rows if row["report_id"] == report_id]
    if not own:
        return ["The report names no subject that can be looked up."]
    row = own[0]
    valid = {True: "valid", False: "invalid", None: "not assessed"}[row["valid"]]
    return [
        f"report of {moment(row['received_at'])} for {visible(row['reason_code'])} by "
        f"{visible(row['reporter_kind'])}, {valid}; about {visible(row['subject_type'])} "
        f"{visible(row['subject_id'])}",
        f"{number(len(rows))} reports on it in all, {number(row['reports_within_24_hours'])} within a day; "
        f"of this reporter's others {number(row['reporter_valid_count'])} of "
        f"{number(row['reporter_assessed_count'])} were valid",
    ]


def _key(desk: Asks, key: str) -> list[str]:
    rows = desk.ask("key_holders", key_value=key)
    if not rows:
        return ["No account is known to have used it."]
    banned = sum(row["banned_at"] is not None for row in rows)
    hub = " · a HUB: it links nobody" if rows[0]["is_hub"] else ""
    lines = [
        f"{visible(rows[0]['key_type'])} used by {number(rows[0]['account_count'])} accounts, "
        f"{number(banned)} of those listed banned; {rows[0]['rarity_bits']:.1f} bits{hub}"
    ]
    for row in rows[:SHOWN]:
        lines.append(
            f"{visible(row['account_id'])} since {day(row['first_seen_at'])}, {number(row['event_count'])}×"
            + (f", cluster {visible(row['cluster_id'])}" if row["cluster_id"] else "")
            + (f", BANNED {day(row['banned_at'])}" if row["banned_at"] else "")
        )
    return lines + more(len(rows))


def _hash(desk: Asks, sha256: str) -> list[str]:
    rows = desk.ask("hash_sightings", sha256=sha256)
    if not rows:
        return ["Known, but no object with it matched a list."]
    accounts = {row["account_id"] for row in rows if row["account_id"]}
    last = rows[-1]
    lists = sorted({f"{row['list_id']} ({row['opinion']}, {row['entry_status']})" for row in rows})
    return [
        f"{number(len(rows))} matches of {number(len(accounts))} accounts, "
        f"first {day(rows[0]['occurred_at'])}, last {day(last['occurred_at'])}; "
        f"{number(sum(bool(row['is_verified']) for row in rows))} verified",
        "listed by " + visible(", ".join(lists)),
        "accounts: " + visible(", ".join(sorted(accounts)[:6])) + ("…" if len(accounts) > 6 else ""),
    ]


def _server(desk: Asks, server_id: str) -> list[str]:
    rows = desk.ask("mcp_versions", server_id=server_id, since=EVER)
    if not rows:
        return ["Listed, but no version of it is known."]
    row = rows[-1]
    changed = [name for name in ("description", "tools") if row[f"{name}_changed"]]
    return [
        f"{number(len(rows))} versions, the last {visible(row['version_id'])} "
        f"of {moment(row['occurred_at'])}: "
        + (" and ".join(changed) + " changed" if changed else "nothing changed")
        + (f", reviewed {day(row['reviewed_at'])}" if row["reviewed_at"] else ", NOT REVIEWED"),
        f"since then {number(row['calls_since'])} calls by {number(row['accounts_since'])} accounts; "
        f"{number(row['report_count'])} reports",
    ]


def _sender(desk: Asks, sender_id: str) -> list[str]:
    rows = desk.ask("copyright_senders", sender_id=sender_id, minimum_notices=1)
    if not rows:
        return ["Sent nothing that is on record."]
    row = rows[0]
    return [
        f"{visible(row['sender_tier'])} sender: {number(row['notice_count'])} notices, "
        f"{number(row['incomplete_count'])} incomplete, {number(row['counter_notice_count'])} countered",
        f"{number(row['false_assertion_count'])} of {number(row['decided_target_count'])} decided targets "
        "were false assertions",
    ]


def named(desk: Asks, subject_id: str) -> list[str]:
    rows = desk.ask("reports_on_subject", subject_id=subject_id)
    return [f"{number(len(rows))} user reports about it." if rows else "No user report is about it."]


IDENTITY: dict[str, Callable[[Asks, str], list[str]]] = {
    "account": _account,
    "cluster": _cluster,
    "key": _key,
    "hash": _hash,
    "mcp_server": _server,
    "sender": _sender,
}


# ---- words -----------------------------------------------------------------------------------


def word(text: str) -> str:
    return shlex.quote(visible(text))


def number(value: object) -> str:
    return "unknown" if value is None else f"{value:,}"


def brief(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else plain_text(value)


def truth(value: object) -> str:
    return "unknown" if value is None else "yes" if value else "no"


def hours(hours: float) -> str:
    return f"{hours:.1f} h" if hours < 100 else f"{hours / 24:,.0f} days"


def day(value: object) -> str:
    return "never" if value is None else plain_text(value)[:10]


def moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"


def more(count: int) -> list[str]:
    return [f"… and {number(count - SHOWN)} more"] if count > SHOWN else []
