"""What leaves for partners is accepted by their own validators, and planted mistakes are refused."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import stix2
from pymisp import MISPEvent, MISPObject
from stix2validator import ValidationOptions, validate_instance

from scaup.cybertip import draft
from scaup.errors import UsageError
from scaup.feedback import feedback
from scaup.material import Material, OutwardAccount, OutwardKey, OutwardMatch
from scaup.misp import event
from scaup.stix import TLP, bundle

SCHEMA = Path(__file__).parent / "data" / "ncmec" / "cybertipline_report.pydantic.schema.json"
DAY = date(2026, 5, 1)
CHILD_SAFETY = {
    "policy_id": "child_safety",
    "ncmec_type": "Child Pornography (possession, manufacture, and distribution)",
}


def account(name: str, **more: Any) -> OutwardAccount:
    return OutwardAccount(name, DAY, DAY, date(2026, 5, 9), 40, False, ("sig_x",), **more)


def match(content: str, name: str | None, label: str | None, entry: str = "e1", status: str = "active"):
    return OutwardMatch(content, name, "list", entry, "pdq", "positive", status, 5, DAY, label)


MATERIAL = Material(
    case="case-9c1f",
    title="Accounts that sent one template, <b>hostile</b> & \x1b[31mred\x1b[0m",
    producer="Example provider",
    as_of=datetime(2026, 6, 1, 12, 30, 15, 250_000, tzinfo=UTC),
    snapshot_id="2026-06-01-abcdefabcdef",
    accounts=(account("account-aa"), account("account-bb"), account("account-cc")),
    keys=(
        OutwardKey("device-11", "device", ("account-aa", "account-bb"), None, DAY, DAY),
        OutwardKey("net-22", "ip_prefix", ("account-bb", "account-cc"), 64500, DAY, date(2026, 5, 3)),
    ),
    matches=(
        match("content-1", "account-bb", "violating"),
        match("content-2", "account-bb", None, "e2"),
        match("content-3", None, "benign", "e3"),
        match("content-4", "account-cc", "violating", "e4", "withdrawn"),
        match("content-5", "account-cc", "violating", "e5"),
        match("content-6", "account-cc", "benign", "e5"),
    ),
    spared={"needs_support": 1, "benign": 0},
    unknown=0,
    replaced=9,
    least=11,
)


def stix_errors(document: Mapping[str, Any]) -> list[str]:
    options = ValidationOptions(version="2.1", strict_types=True, strict_properties=True)
    found = validate_instance(json.loads(json.dumps(document)), options)
    return [str(error) for error in found.errors]


@pytest.mark.parametrize("tlp", TLP)
def test_a_stix_bundle_passes_its_validator_and_is_read_by_the_reference_library(tlp):
    document = bundle(MATERIAL, tlp)
    assert stix_errors(document) == []
    parsed = stix2.parse(json.loads(json.dumps(document)))
    assert len(parsed.objects) == len(document["objects"])


def test_a_stix_observable_has_the_identifier_that_the_reference_library_derives():
    objects = {one["id"] for one in bundle(MATERIAL, "amber")["objects"]}
    assert stix2.v21.UserAccount(user_id="account-aa").id in objects
    assert stix2.v21.AutonomousSystem(number=64500).id in objects
    standard = {"clear": stix2.TLP_WHITE, "amber": stix2.TLP_AMBER, "red": stix2.TLP_RED}
    for tlp, marking in standard.items():
        (own,) = [one for one in bundle(MATERIAL, tlp)["objects"] if one["type"] == "marking-definition"]
        assert (own["id"], own["definition"]["tlp"]) == (marking.id, marking.definition.tlp)


def test_every_stix_object_of_ours_is_marked_and_every_reference_is_in_the_bundle():
    objects = bundle(MATERIAL, "amber")["objects"]
    ids = {one["id"] for one in objects}
    for one in objects:
        assert one["type"] in ("marking-definition", "identity") or one["object_marking_refs"] == [
            f"marking-definition--{TLP['amber'][1]}"
        ]
        named = [one[key] for key in ("source_ref", "target_ref", "created_by_ref") if key in one]
        assert {*named, *one.get("object_refs", ())} <= ids


STIX_MISTAKES = {
    "an identifier of another type": lambda one: one.update(id=one["id"].replace("grouping", "report")),
    "no context": lambda one: one.pop("context"),
    "modified before it was created": lambda one: one.update(modified="2020-01-01T00:00:00.000Z"),
    "a time without its zone": lambda one: one.update(created="2026-06-01T00:00:00"),
    "a version that is a number": lambda one: one.update(spec_version=2.1),
    "a reference that is none": lambda one: one.update(object_refs=["account-aa"]),
    "an empty list": lambda one: one.update(object_refs=[]),
    "more confidence than there is": lambda one: one.update(confidence=400),
}


@pytest.mark.parametrize("mistake", STIX_MISTAKES)
def test_a_mistake_in_a_stix_bundle_is_refused(mistake):
    document = copy.deepcopy(bundle(MATERIAL, "amber"))
    STIX_MISTAKES[mistake](document["objects"][-1])
    assert stix_errors(document)


def read_event(document: Mapping[str, Any]) -> MISPEvent:
    """Load an event as MISP's own client does, and each object against the public template, strictly."""
    loaded = MISPEvent(strict_validation=True)
    loaded.from_json(json.dumps(document))
    for given in document["Event"]["Object"]:
        strict = MISPObject(given["name"], strict=True)
        assert (given["template_uuid"], given["template_version"]) == (
            strict.template_uuid,
            str(strict.template_version),
        )
        for attribute in given["Attribute"]:
            made = strict.add_attribute(attribute["object_relation"], value=attribute["value"])
            assert made is not None and made.type == attribute["type"]
        assert strict._validate()
    return loaded


def test_a_misp_event_is_read_strictly_and_stays_within_the_receiving_organisation():
    loaded = read_event(event(MATERIAL, "amber"))
    assert len(loaded.objects) == 3 and len(loaded.attributes) == 4
    assert (loaded.distribution, loaded.published) == (0, False)
    assert [tag.name for tag in loaded.tags] == ["tlp:amber"]
    ids = {attribute.uuid for attribute in loaded.attributes}
    references = [one.referenced_uuid for found in loaded.objects for one in found.references]
    assert len(references) == 4 and set(references) <= ids


MISP_MISTAKES = {
    "an attribute that the template lacks": lambda event: event["Object"][0]["Attribute"][0].update(
        object_relation="verdict"
    ),
    "an object without an identifier": lambda event: event["Object"][0].update(
        Attribute=event["Object"][0]["Attribute"][1:2]
    ),
    "a type that does not exist": lambda event: event["Attribute"][0].update(type="gossip"),
    "a category that does not exist": lambda event: event["Attribute"][0].update(category="Gossip"),
    "no value": lambda event: event["Attribute"][0].pop("value"),
    "a date that is none": lambda event: event.update(date="soon"),
}


@pytest.mark.parametrize("mistake", MISP_MISTAKES)
def test_a_mistake_in_a_misp_event_is_refused(mistake):
    document = copy.deepcopy(event(MATERIAL, "amber"))
    MISP_MISTAKES[mistake](document["Event"])
    with pytest.raises(Exception):  # noqa: B017 - each has a class of its own, with no common one
        read_event(document)


REPEATED = {"display_name", "profile_url", "ip_capture_event", "device_id", "prior_ct_reports", "phone"}
REPEATED |= {"associated_account", "email", "address", "internet_details", "intended_recipient", "victim"}
ATTRIBUTES = {"accountType": "account_type"}


def as_model(element: ElementTree.Element) -> Any:
    """An element as the model's JSON: names in snake case, what may be repeated as a list."""
    if len(element) == 0 and not element.attrib:
        return element.text or ""
    found: dict[str, Any] = {ATTRIBUTES[name]: value for name, value in element.attrib.items()}
    for child in element:
        name = re.sub("(?<!^)([A-Z])", r"_\1", child.tag).lower()
        if name in REPEATED:
            found.setdefault(name, []).append(as_model(child))
        else:
            assert name not in found, f"{child.tag} comes twice"
            found[name] = as_model(child)
    return found


def cybertip_errors(xml: str) -> list[str]:
    """The breaches of the CyberTipline model's schema, unknown elements and wrong order included."""
    schema = json.loads(SCHEMA.read_text())
    for one in (*schema["$defs"].values(), schema):
        if one["type"] == "object":
            one["additionalProperties"] = False
    root = ElementTree.fromstring(xml)
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    errors = [error.message for error in validator.iter_errors(as_model(root))]
    for element, properties in ((root, schema["properties"]), *_parts(root, schema)):
        names = [re.sub("(?<!^)([A-Z])", r"_\1", child.tag).lower() for child in element]
        places = [list(properties).index(name) for name in names if name in properties]
        errors += [] if places == sorted(places) else [f"{element.tag} is out of order"]
    return errors


def _parts(root: ElementTree.Element, schema: Mapping[str, Any]):
    for element in root.iter():
        name = element.tag[0].upper() + element.tag[1:]
        if "properties" in schema["$defs"].get(name, ()):
            yield element, schema["$defs"][name]["properties"]


def test_a_cybertip_draft_fits_the_reporting_apis_model_and_says_that_it_is_a_draft():
    made = draft(MATERIAL, CHILD_SAFETY)
    assert cybertip_errors(made.xml) == []
    assert made.xml.count("DRAFT, NOT SUBMITTED") == 2
    root = ElementTree.fromstring(made.xml)
    assert root.findtext("personOrUserReported/espIdentifier") == "account-cc"  # it has the most matches
    assert len(root.findall("personOrUserReported/associatedAccount")) == 2
    assert {item.state for item in made.checklist} == {"missing", "to confirm"}


CYBERTIP_MISTAKES = {
    "an unknown type of incident": ("Child Pornography (possession, manufacture, and distribution)", "Fraud"),
    "no incident at all": (r"(?s)<incidentSummary>.*</incidentSummary>", ""),
    "a day for an instant": ("T00:00:00[+]00:00", ""),
    "an invented element": ("<platform>", "<verdict>guilty</verdict><platform>"),
    "a platform before the type": (r"(<incidentType>.*</incidentType>\s*)(<platform>.*</platform>)", r"\2\1"),
    "an unknown kind of account": ('accountType="Linked"', 'accountType="Friend"'),
    "too long a service": ("<espService>", "<espService>" + "x" * 101),
    "nobody who reports": (r"(?s)<reportingPerson>.*</reportingPerson>", ""),
}


@pytest.mark.parametrize("mistake", CYBERTIP_MISTAKES)
def test_a_mistake_in_a_cybertip_draft_is_refused(mistake):
    pattern, instead = CYBERTIP_MISTAKES[mistake]
    pattern = pattern.replace("(possession, manufacture, and distribution)", ".possession.*distribution.")
    xml = draft(MATERIAL, CHILD_SAFETY).xml
    changed = re.sub(pattern, instead, xml)
    assert changed != xml
    assert cybertip_errors(changed)


def test_a_cybertip_draft_needs_a_policy_that_the_cybertipline_knows_and_an_account():
    with pytest.raises(UsageError, match="no type of incident for policy 'spam'"):
        draft(MATERIAL, {"policy_id": "spam", "ncmec_type": None})
    with pytest.raises(UsageError, match="names none"):
        draft(replace(MATERIAL, accounts=()), CHILD_SAFETY)


def test_hash_feedback_speaks_for_reviews_and_for_nothing_else():
    ((found,),) = [feedback(MATERIAL, "amber")["lists"]]
    assert [(one["entry_id"], one["opinion"]) for one in found["feedback"]] == [
        ("e1", "positive"),
        ("e3", "negative"),
    ]
    assert [(one["entry_id"], one["why"]) for one in found["undecided"]] == [
        ("e2", "not reviewed"),
        ("e5", "reviews differ or are borderline"),
    ]
    assert [(one["entry_id"], one["status"]) for one in found["purge"]] == [("e4", "withdrawn")]


def test_how_often_an_entry_matched_is_told_unless_it_is_a_small_count_or_would_tell_one():
    many = [match(f"content-{n}", "account-cc", "violating", "e8") for n in range(40)]
    more = [match(f"content-{n}", "account-cc", "violating", "e9") for n in range(90)]
    few = [match("content-1", "account-bb", "violating", "e1")]

    def told(matches: list[OutwardMatch]) -> dict[str, int | None]:
        ((found,),) = [feedback(replace(MATERIAL, matches=tuple(matches)), "amber")["lists"]]
        return {one["entry_id"]: one["match_count"] for one in found["feedback"]}

    assert told([*many, *more]) == {"e8": 40, "e9": 90}
    assert told([*many, *more, *few]) == {"e1": None, "e8": None, "e9": 90}


def test_the_same_material_gives_the_same_bytes():
    for make in (bundle, event, feedback):
        assert json.dumps(make(MATERIAL, "amber")) == json.dumps(make(copy.deepcopy(MATERIAL), "amber"))
    assert draft(MATERIAL, CHILD_SAFETY) == draft(copy.deepcopy(MATERIAL), CHILD_SAFETY)
