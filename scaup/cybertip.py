"""A draft of a CyberTipline report: the XML of NCMEC's reporting API, and what it still lacks.

A draft and never a submission: it carries no content, no name, no address and no identifier but
pseudonyms, says so in a comment and in `additionalInfo`, and comes with a list of what somebody who may
see identities and files has to add before it can be sent. The order of elements is the schema's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from xml.etree import ElementTree

from scaup.errors import UsageError
from scaup.material import Material

DRAFT = "DRAFT, NOT SUBMITTED. Made from pseudonymous analytics; to be completed and checked by a person."
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_PLATFORM = 256


@dataclass(frozen=True)
class Item:
    """One line of the checklist. `state` is present, missing or to confirm."""

    field: str
    state: str
    note: str


@dataclass(frozen=True)
class Draft:
    """The XML, and the checklist in the order in which a reporter would work."""

    xml: str
    checklist: tuple[Item, ...]


def draft(material: Material, policy: Mapping[str, object], is_test: bool = False) -> Draft:
    """A draft for a case under a policy (a row of `policy_versions`).

    Raises UsageError for a policy that the CyberTipline has no type for, and for a case without an account.
    """
    incident = policy.get("ncmec_type")
    if not incident:
        raise UsageError(
            f"The CyberTipline has no type of incident for policy {policy.get('policy_id')!r}. "
            "`scaup ask policy_versions` shows which policies have one."
        )
    if not material.accounts:
        raise UsageError("A CyberTipline report is about an account; this case names none that may be told.")
    matched = Counter(match.account for match in material.matches if match.account)
    ranked = sorted(material.accounts, key=lambda account: (-matched[account.name], account.name))
    subject, others = ranked[0], ranked[1:]
    days = [match.occurred_on for match in material.matches]
    first = min(days or [day for day in (subject.first_active_on, material.as_of.date()) if day])

    report = ElementTree.Element("report")
    report.append(ElementTree.Comment(f" {DRAFT}{' TEST.' if is_test else ''} "))
    summary = _below(report, "incidentSummary")
    _below(summary, "incidentType", str(incident))
    _below(summary, "platform", material.producer[:LONGEST_PLATFORM])
    _below(summary, "incidentDateTime", _midnight(first))
    _below(
        summary,
        "incidentDateTimeDescription",
        f"First of {len(days)} matches with hash lists, given as a day."
        if days
        else "First day on which the account was active, given as a day.",
    )
    reporter = _below(report, "reporter")
    _below(_below(reporter, "reportingPerson"), "firstName", "TO BE COMPLETED")
    person = _below(report, "personOrUserReported")
    _below(person, "espIdentifier", subject.name)
    _below(person, "espService", material.producer[:100])
    for other in others:
        account = _below(person, "associatedAccount", accountType="Linked")
        _below(account, "espIdentifier", other.name)
        _below(account, "additionalInfo", "Another account of the same case, under a pseudonym.")
    _below(person, "additionalInfo", "espIdentifier is a pseudonym: replace it by the account's own.")
    _below(
        report,
        "additionalInfo",
        f"{DRAFT} Case {material.case}, snapshot {material.snapshot_id}, "
        f"{len(material.matches)} objects matched entries of hash lists.",
    )
    ElementTree.indent(report)
    text = ElementTree.tostring(report, encoding="unicode")
    checklist = _checklist(material, str(incident), len(others), is_test)
    return Draft(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', checklist)


def _checklist(material: Material, incident: str, others: int, is_test: bool) -> tuple[Item, ...]:
    reviewed = sum(match.review_label is not None for match in material.matches)
    count = len(material.matches)
    return (
        Item("test or production", "present" if is_test else "to confirm",
             "marked as a test" if is_test else "this draft is meant for production: confirm"),
        Item("incidentType", "to confirm", f"from the policy: {incident}"),
        Item("incidentDateTime", "to confirm", "a day, not an instant: take the instant from the source"),
        Item("escalateToHighPriority", "missing", "say why, if a child may be in danger now"),
        Item("reportAnnotations", "missing", "sextortion, solicitation and others: a reviewer's judgment"),
        Item("reporter", "missing", "the reporting person and a contact"),
        Item("personOrUserReported.espIdentifier", "missing", "a pseudonym stands there: replace it"),
        Item("personOrUserReported names, e-mail, phone", "missing", "analytics hold none: identity system"),
        Item("ipCaptureEvent", "missing", "analytics hold no address, only keyed hashes: login records"),
        Item("deviceId", "missing", "analytics hold pseudonyms only"),
        Item("associatedAccount", "to confirm" if others else "present",
             f"{others} other accounts of the case are named as linked: one report is about one person"),
        Item("files", "missing", f"{count} objects matched; none is attached, and no hash of theirs"),
        Item("industryClassification (A1 to B2)", "missing", "for each file, by a cleared reviewer"),
        Item("fileAnnotations, generativeAi among them", "missing", "for each file"),
        Item("fileViewedByEsp", "missing", f"{reviewed} of {count} matched objects have a review"),
        Item("preservation", "missing", "put a legal hold on the case before it is sent"),
    )  # fmt: skip


def _below(
    parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, tag, attributes)
    if text is not None:
        child.text = NOT_IN_XML.sub("\ufffd", text)
    return child


def _midnight(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()
