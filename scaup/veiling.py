"""Veiling: a report as it may leave the house, from the same prose and the same answers.

Tables show what disclosure leaves of their answers. A chart is drawn only from columns that are shown as
they are; one that was not becomes the table of what may be shown. Values in sentences are looked through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scaup.disclosure import Veil, treatments
from scaup.reports import Exhibit, Figure, Report, Source


def veiled_report(veil: Veil, report: Report, place: str) -> Report:
    """The report for readers outside; what was taken out is in the veil's redactions, under `place`."""
    sources = tuple(
        Source(source.number, source.question, veil.answer(source.question, source.answer, place))
        for source in report.sources
    )
    before = {source.number: source for source in report.sources}
    after = {source.number: source for source in sources}
    exhibits = {
        exhibit.number: _exhibit(
            veil, exhibit, before[exhibit.source.number], after[exhibit.source.number], place
        )
        for exhibit in report.exhibits
    }
    return replace(
        report,
        facts=tuple((name, veil.text(text, place)) for name, text in report.facts),
        marks=tuple(_mark(veil, found, exhibits, place) for found in report.marks),
        exhibits=tuple(exhibits.values()),
        sources=sources,
        parameters={},
    )


def _exhibit(veil: Veil, exhibit: Exhibit, before: Source, after: Source, place: str) -> Exhibit:
    how = dict(zip(before.answer.columns, treatments(before.question, before.answer), strict=True))
    columns = tuple(name for name in exhibit.columns if how[name] != "drop")
    figures = tuple(
        _figure(veil, one, how[one.column], place) for one in exhibit.figures if how[one.column] != "drop"
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


def _figure(veil: Veil, figure: Figure, treatment: str, place: str) -> Figure:
    if treatment == "alias" and figure.value is not None:
        return replace(figure, value=veil.pseudonyms.of(figure.value))
    return replace(figure, value=_value(veil, figure.value, place), note=veil.text(figure.note, place))


def _mark(veil: Veil, found: object, exhibits: Mapping[int, Exhibit], place: str) -> object:
    if isinstance(found, Exhibit):
        return exhibits[found.number]
    return _value(veil, found, place)


def _value(veil: Veil, value: object, place: str) -> object:
    if isinstance(value, str):
        return veil.text(value, place)
    if isinstance(value, list | tuple):
        return [_value(veil, item, place) for item in value]
    return value
