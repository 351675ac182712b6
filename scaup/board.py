"""The board of a leads' page: each metric with what it is of, its interval, its course and its definition.

Values and counts come from the mart `metric_periods`, words from the seed `metric_definitions`, both by way
of questions. The page's script adds up embedded counts when a filter changes; nothing is computed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from scaup.cells import cell_text, in_prose
from scaup.paper import templates
from scaup.questions import ask
from scaup.warehouse import Snapshot

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Tile:
    """One metric on a board; `adds` says whether its counts may be added over periods."""

    name: str
    unit: str
    adds: str
    whole: str
    anchor: str
    command: str
    rows: tuple[tuple[str, ...], ...]


def definitions(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Every metric's definition, with the anchor that it has on the page of definitions."""
    answer = ask(snapshot.catalogue.question("metric_definitions"), {"limit": 10000}, snapshot)
    return [{**row, "anchor": _anchor(str(row["name"]))} for row in answer.records()]


def board(page: str, defined: Sequence[Row], snapshot: Snapshot) -> Markup:
    """The board of one page, as HTML; empty for a page that no metric names."""
    mine = [row for row in defined if row["page"] == page]
    if not mine:
        return Markup("")
    answer = ask(snapshot.catalogue.question("metric_values"), {"page": page, "limit": 10000}, snapshot)
    values = list(answer.records())
    names = dict.fromkeys(str(row["name"]) for row in values)
    tiles = [
        _tile(row, [one for one in values if one["name"] == row["name"]])
        for row in mine
        if row["name"] in names
    ]
    shown = (
        templates()
        .get_template("board.html")
        .render(
            tiles=tiles,
            surfaces=_choices(values, "surface"),
            policies=_choices(values, "policy_id"),
            as_of=in_prose(snapshot.as_of),
            data=[_embedded(row) for row in values],
        )
    )
    return Markup(shown)


def _tile(definition: Row, values: Sequence[Row]) -> Tile:
    policies = {row["policy_id"] for row in values}
    whole = "all" if "all" in policies else min(policies)
    listed = definition["listed_by"]
    return Tile(
        name=definition["name"],
        unit=definition["unit"],
        adds="yes" if _adds(definition, values) else "no",
        whole=whole,
        anchor=definition["anchor"],
        command=f"scaup ask {listed or 'metric_values --metric-id ' + definition['metric_id']}",
        rows=tuple(
            (
                str(row["period_starts_on"]),
                *(
                    cell_text(row[column], "value_share" if definition["unit"] == "share" else column, "")
                    if column.startswith("value")
                    else cell_text(row[column], column, "")
                    for column in ("part_count", "whole_count", "value", "value_low", "value_high")
                ),
            )
            for row in values
            if row["surface"] == "all" and row["policy_id"] == whole
        ),
    )


def _adds(definition: Row, values: Sequence[Row]) -> bool:
    """Counts add up where every value is one count, or one count by another; a weighted share does not."""
    return definition["metric_id"] != "M08" and all(row["part_count"] is not None for row in values)


def _embedded(row: Row) -> list[Any]:
    """A row as the page's script reads it: name, from, surface, policy, part, whole, value, low, high."""
    return [
        row["name"],
        str(row["period_starts_on"]),
        *(row[column] for column in ("surface", "policy_id", "part_count", "whole_count")),
        *(
            None if row[column] is None else round(float(row[column]), 6)
            for column in ("value", "value_low", "value_high")
        ),
    ]


def _choices(values: Sequence[Row], column: str) -> list[str]:
    found = sorted({str(row[column]) for row in values} - {"all"})
    return ["all", *found]


def _anchor(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
