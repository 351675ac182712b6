"""Veiling: a report as it may leave the house, from the same prose and the same answers.

Tables show what disclosure leaves of their answers. A chart is drawn only from columns that are shown as
they are; one that was not becomes the table of what may be shown. Values in sentences are looked through,
and a number that was withheld from a table is withheld from the sentences too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from scaup.answers import plain_text
from scaup.cells import in_prose, percent
from scaup.disclosure import Veil, treatments
from scaup.reports import Exhibit, Figure, Report, Source

WITHHELD = "[withheld]"
ROWS = re.compile(r"(?:at least )?([\d,]+) \D+")


@dataclass(frozen=True)
class _Hidden:
    """The numbers that were withheld from a report's tables, and the numbers of rows, which were not."""

    values: frozenset[object]
    row_counts: frozenset[str]

    @property
    def forms(self) -> re.Pattern[str]:
        """The values as sentences write them."""
        shares = {percent(float(value)) for value in self.values if isinstance(value, float | Decimal)}
        words = shares | {write(value) for value in self.values for write in (in_prose, plain_text)}
        either = "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
        return re.compile(rf"(?<![\w.,-])(?:{either or '(?!)'})(?!\w|[.,]\d)")

    def text(self, text: str) -> str:
        """A text without them. `61 matches` says how many rows there are, and stays."""
        found = ROWS.fullmatch(text)
        if not self.values or (found and found[1] in self.row_counts):
            return text
        return self.forms.sub(WITHHELD, text)


def veiled_report(veil: Veil, report: Report, place: str) -> Report:
    """The report for readers outside; what was taken out is in the veil's redactions, under `place`."""
    sources = tuple(
        Source(source.number, source.question, veil.answer(source.question, source.answer, place))
        for source in report.sources
    )
    before = {source.number: source for source in report.sources}
    after = {source.number: source for source in sources}
    hidden = _hidden(report.sources, sources)
    exhibits = {
        exhibit.number: _exhibit(
            veil, exhibit, before[exhibit.source.number], after[exhibit.source.number], place, hidden
        )
        for exhibit in report.exhibits
    }
    return replace(
        report,
        facts=tuple((name, veil.text(text, place)) for name, text in report.facts),
        marks=tuple(_mark(veil, found, exhibits, place, hidden) for found in report.marks),
        exhibits=tuple(exhibits.values()),
        sources=sources,
        parameters={},
    )


def _hidden(before: Sequence[Source], after: Sequence[Source]) -> _Hidden:
    """What of the numbers and moments in the answers is not in them any more."""
    values: set[object] = set()
    for one, other in zip(before, after, strict=True):
        if other.answer.withheld:
            for name in other.answer.columns:
                gone = Counter(_countable(one, name)) - Counter(_countable(other, name))
                values |= {value for value in gone if value}
    return _Hidden(frozenset(values), frozenset(f"{source.answer.row_count:,}" for source in before))


def _countable(source: Source, name: str) -> list[object]:
    return [value for value in _values(source, name) if _is_number(value)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal | datetime) and not isinstance(value, bool)


def _exhibit(
    veil: Veil, exhibit: Exhibit, before: Source, after: Source, place: str, hidden: _Hidden
) -> Exhibit:
    how = dict(zip(before.answer.columns, treatments(before.question, before.answer), strict=True))
    columns = tuple(name for name in exhibit.columns if how[name] != "drop")
    figures = tuple(
        _figure(veil, one, how[one.column], place, hidden)
        for one in exhibit.figures
        if how[one.column] != "drop"
    )
    is_drawn = exhibit.chart is not None and all(
        how[name] == "show" and _values(before, name) == _values(after, name) for name in exhibit.columns
    )
    if exhibit.kind == "chart" and not is_drawn:
        veil.redactions.note(place, f"chart of exhibit {exhibit.number}", "left out", 1)
        return replace(exhibit, kind="table", source=after, columns=columns, chart=None)
    return replace(exhibit, source=after, columns=columns, figures=figures)


def _values(source: Source, name: str) -> list[object]:
    place = source.answer.columns.index(name)
    return [row[place] for row in source.answer.rows]


def _figure(veil: Veil, figure: Figure, treatment: str, place: str, hidden: _Hidden) -> Figure:
    if treatment == "alias" and figure.value is not None:
        return replace(figure, value=veil.pseudonyms.of(figure.value))
    note = hidden.text(veil.text(figure.note, place))
    return replace(figure, value=_value(veil, figure.value, place, hidden), note=note)


def _mark(veil: Veil, found: object, exhibits: Mapping[int, Exhibit], place: str, hidden: _Hidden) -> object:
    if isinstance(found, Exhibit):
        return exhibits[found.number]
    return _value(veil, found, place, hidden)


def _value(veil: Veil, value: object, place: str, hidden: _Hidden) -> object:
    if isinstance(value, str):
        return hidden.text(veil.text(value, place))
    if isinstance(value, list | tuple):
        return [_value(veil, item, place, hidden) for item in value]
    return WITHHELD if _is_number(value) and value in hidden.values else value
