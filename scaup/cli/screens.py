"""What `scaup case status` and `scaup case list` show: one screen, 80 cells wide."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from scaup.answers import visible
from scaup.cases import Case, find_case
from scaup.errors import ScaupError
from scaup.home import Home

WIDTH = 80
SHOWN = 5  # of each kind, the latest


def case_screen(case: Case) -> Iterator[str]:
    """How a case stands: the log first, then what it holds, the latest of each kind."""
    yield from _wrapped(f"{case.id}  {case.title}" if case.title != case.id else case.id)
    state = case.status + (f": {case.outcome}" if case.outcome else "")
    yield from _field("status", state)
    for hold in case.standing_holds:
        yield from _field("on hold", f"{hold.id} since {hold.placed_at[:10]}: {hold.reason}")
    yield from _field("purpose", case.purpose)
    yield from _field("opened", f"{case.opened_at[:16].replace('T', ' ')} UTC by {case.lead}")
    last = case.log[-1]
    yield from _field("custody", f"{len(case.log)} entries, chain and signatures hold")
    yield from _field("head", last.hash)
    yield from _field("signed by", f"key {last.key_id}")
    yield from _list("subjects", [f"{one.type} {one.id} ({one.role})" for one in case.subjects])
    yield from _list(
        "runs", [f"{one.id} {one.name}: {one.exhibits} exhibits, {one.rows:,} rows" for one in case.runs]
    )
    yield from _list("sources", [f"{one.id} [{one.grade}] {one.title}" for one in case.sources])
    yield from _list(
        "judgments",
        [f"{one.id} {one.likelihood.replace('_', ' ')}: {one.statement}" for one in case.judgments],
    )
    yield from _list(
        "elements", [f"{one.id} [{one.grade}] {one.element}: {one.fact}" for one in case.elements]
    )
    if case.ach:
        least = min(case.ach["inconsistency"], key=lambda name: float(case.ach["inconsistency"][name]))
        yield from _list("ACH", [f"least contradicted: {least}"])
    yield from _list(
        "decisions",
        [
            f"{one.id} {one.action} on {one.subject.type} {one.subject.id}"
            + (f" under {one.clause} v{one.version}" if one.clause else "")
            + f" by {one.reviewer}"
            + (f" and {one.second_reviewer}" if one.second_reviewer else "")
            for one in case.decisions
        ],
    )
    yield from _list("notes", [f"{one.id} {one.at[:10]} {one.who}" for one in case.notes])
    yield ""
    yield from _wrapped(_next(case))


def list_screen(home: Home, names: Iterable[str]) -> Iterator[str]:
    """One line a case: id, state, subjects, runs, last entry; or that its log does not hold."""
    for name in names:
        try:
            case = find_case(home, name)
        except ScaupError:
            yield f"{name:<28.28} log does not hold: scaup case status {name}"[:WIDTH]
            continue
        state = "on hold" if case.standing_holds else case.status
        counts = f"{len(case.subjects)} subjects, {len(case.runs)} runs"
        yield f"{name:<28.28} {state:<8} {counts:<24} {case.log[-1].at[:16].replace('T', ' ')}"[:WIDTH]


def _next(case: Case) -> str:
    """The step that most cases take now."""
    if not case.subjects:
        return f"Next: scaup case add {case.id} TYPE ID"
    if not case.runs:
        return f"Next: scaup case run {case.id} investigate NAME"
    if not case.sources:
        return f"Next: scaup case source {case.id} TITLE --grade B2 --run {case.runs[-1].id}"
    if not case.judgments:
        return f"Next: scaup case judge {case.id} STATEMENT --likelihood … --confidence … --basis …"
    return f"Next: scaup seal {case.id} --audience internal|legal|partner"


def _field(name: str, text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        visible(text),
        WIDTH,
        initial_indent=f"{name:<10}",
        subsequent_indent=" " * 10,
        max_lines=3,
        placeholder=" …",
    )


def _list(name: str, items: list[str]) -> Iterator[str]:
    if not items:
        return
    yield f"{name} ({len(items)})"
    for item in items[-SHOWN:]:
        yield from textwrap.wrap(
            visible(item),
            WIDTH,
            initial_indent="  ",
            subsequent_indent="     ",
            max_lines=2,
            placeholder=" …",
        )


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(visible(text), WIDTH)
