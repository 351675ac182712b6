"""Plots: Vega-Lite specifications of the charts along axes.

A plot shows columns as they are. Colours are CSS variables, so that one drawing serves light, dark and print.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from scaup.titles import SHARE, title_of

WIDTH = 760
COLOURS = [f"var(--c{number})" for number in range(1, 11)]
Row = Mapping[str, Any]
Spec = dict[str, Any]

STROKES = {"symbolType": "stroke", "symbolSize": 300, "symbolStrokeWidth": 2}  # a legend of lines

CONFIG: Spec = {
    "background": None,
    "font": "Arial, Helvetica, Liberation Sans, sans-serif",
    "padding": {"left": 12, "right": 12, "top": 4, "bottom": 4},
    "view": {"stroke": None},
    "axis": {
        "domainColor": "var(--rule)",
        "gridColor": "var(--rule)",
        "tickColor": "var(--rule)",
        "labelColor": "var(--quiet)",
        "titleColor": "var(--quiet)",
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "labelLimit": 220,
    },
    "legend": {
        "orient": "top",
        "labelColor": "var(--ink)",
        "titleColor": "var(--ink)",
        "labelFontSize": 11,
        "labelLimit": 260,
        "symbolStrokeWidth": 2,
        "columns": 6,
        "columnPadding": 14,
        "offset": 4,
    },
}


def _line(values: list[Row], x: str, series: list[str], options: Row) -> Spec:
    rows, y, colour = _series(values, x, series, options)
    encoding: Spec = {
        "x": _axis(rows, x, options),
        "y": {
            "field": y,
            "type": "quantitative",
            "title": options.get("y_title", None if len(series) > 1 else title_of(y)),
            "axis": {"tickCount": 4, "format": _figure(rows, y, series)},
        },
    }
    if colour:
        encoding["color"] = _colour(rows, colour) | {"legend": STROKES}
        encoding["strokeDash"] = {
            "field": colour,
            "type": "nominal",
            "sort": None,
            "title": None,
            "legend": STROKES,
            "scale": {
                "domain": encoding["color"]["scale"]["domain"],
                "range": [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3]],
            },
        }
    mark = {"type": "line", "strokeWidth": 2, "point": {"size": 18} if len(rows) <= 80 else False}
    if not colour:
        mark["color"] = COLOURS[0]
        if mark["point"]:
            mark["point"] = {"size": 18, "color": COLOURS[0]}
    return {"height": 180, "data": {"values": rows}, "mark": mark, "encoding": encoding}


def _bar(values: list[Row], x: str, series: list[str], options: Row) -> Spec:
    rows, y, colour = _series(values, x, series, options)
    amount = {
        "field": y,
        "type": "quantitative",
        "stack": "zero",
        "title": options.get("y_title", None if len(series) > 1 else title_of(y)),
        "axis": {"tickCount": 4, "format": _figure(rows, y, series)},
    }
    place = _axis(rows, x, options)
    encoding: Spec = {"color": _colour(rows, colour) if colour else {"value": COLOURS[0]}}
    if place["type"] == "nominal":
        # Names are read along the line, so bars of names lie.
        names = {row[x] for row in rows}
        place["axis"] = {"labelLimit": 220, "domain": False, "ticks": False}
        encoding |= {"y": place, "x": amount}
        return {
            "height": max(60, 22 * len(names)),
            "data": {"values": rows},
            "mark": {"type": "bar", "height": {"band": 0.7}},
            "encoding": encoding,
        }
    days = {row[x] for row in rows}
    encoding |= {"x": place, "y": amount}
    return {
        "height": 180,
        "data": {"values": rows},
        "mark": {"type": "bar", "width": max(1, min(18, int(0.8 * (WIDTH - 60) / max(1, len(days)))))},
        "encoding": encoding,
    }


def _timeline(values: list[Row], x: str, series: list[str], options: Row) -> Spec:
    lane = series[0]
    return {
        "height": {"step": 22},
        "data": {"values": values},
        "mark": {"type": "tick", "thickness": 2, "size": 14, "opacity": 0.75, "color": COLOURS[0]},
        "encoding": {
            "x": _axis(values, x, options),
            "y": {"field": lane, "type": "nominal", "sort": None, "title": None, "axis": {"grid": True}},
        },
    }


def _intervals(values: list[Row], x: str, series: list[str], options: Row) -> Spec:
    low, high, lane = options.get("low", x), options.get("high", x), series[0]
    position = {"field": lane, "type": "nominal", "sort": None, "title": None, "axis": {"grid": True}}
    scale = {"domain": [0, 1]} if all(0 <= (row[high] or 0) <= 1 for row in values) else {}
    amount = {
        "type": "quantitative",
        "title": options.get("x_title", title_of(x)),
        "scale": scale,
        "axis": {"format": _figure(values, x, [x])},
    }
    return {
        "height": {"step": 24},
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2, "color": COLOURS[0], "opacity": 0.6},
                "encoding": {"y": position, "x": amount | {"field": low}, "x2": {"field": high}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1, "color": COLOURS[0]},
                "encoding": {"y": position, "x": amount | {"field": x}},
            },
        ],
    }


def _waterfall(values: list[Row], x: str, series: list[str], options: Row) -> Spec:
    total, steps = 0.0, []
    for row in values:
        amount = row[series[0]] or 0
        steps.append({"name": row[x], "from": total, "to": total + amount, "up": amount >= 0})
        total += amount
    steps.append({"name": options.get("total", "Sum"), "from": 0.0, "to": total, "up": None})
    shared: Spec = {
        "y": {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"domain": False}}
    }
    fill = {
        "condition": [
            {"test": "datum.up === null", "value": "var(--quiet)"},
            {"test": "datum.up", "value": COLOURS[0]},
        ],
        "value": COLOURS[1],
    }
    return {
        "height": {"step": 26},
        "data": {"values": steps},
        "mark": {"type": "bar", "height": {"band": 0.6}},
        "encoding": shared
        | {
            "x": {
                "field": "from",
                "type": "quantitative",
                "title": options.get("x_title", title_of(series[0])),
                "axis": {"tickCount": 6},
            },
            "x2": {"field": "to"},
            "color": fill,
        },
    }


def _control(values: list[Row], x: str, series: list[str], options: Row) -> Spec:
    """A line with its control limits; what lies outside them is marked by colour and by shape."""
    y, centre, low, high = series[0], options.get("centre"), options.get("low"), options.get("high")
    place = _axis(values, x, options)
    amount: Spec = {
        "type": "quantitative",
        "title": options.get("y_title", title_of(y)),
        "axis": {"tickCount": 4, "format": _figure(values, y, [y])},
    }
    rows = [{**row, "is_outside": _is_outside(row, y, low, high)} for row in values]
    layers: list[Spec] = []
    if low and high:
        band = {"mark": {"type": "area", "color": "var(--c7)", "opacity": 0.16, "interpolate": "step-after"}}
        layers.append(band | {"encoding": {"x": place, "y": amount | {"field": low}, "y2": {"field": high}}})
    for limit, dash in ((low, [3, 3]), (high, [3, 3]), (centre, [8, 4])):
        if limit:
            mark = {"type": "line", "color": "var(--quiet)", "strokeWidth": 1, "strokeDash": dash}
            mark["interpolate"] = "step-after"
            layers.append({"mark": mark, "encoding": {"x": place, "y": amount | {"field": limit}}})
    line = {"type": "line", "strokeWidth": 2, "color": COLOURS[0]}
    layers.append({"mark": line, "encoding": {"x": place, "y": amount | {"field": y}}})
    outside = {
        "type": "point",
        "shape": "diamond",
        "filled": True,
        "size": 80,
        "opacity": 1,
        "color": COLOURS[1],
    }
    layers.append(
        {
            "transform": [{"filter": "datum.is_outside"}],
            "mark": outside,
            "encoding": {"x": place, "y": amount | {"field": y}},
        }
    )
    return {"height": 200, "data": {"values": rows}, "layer": layers}


def _is_outside(row: Row, y: str, low: str | None, high: str | None) -> bool:
    value, least, most = row[y], row[low] if low else None, row[high] if high else None
    return value is not None and (
        (least is not None and value < least) or (most is not None and value > most)
    )


PLOTS: dict[str, Callable[[list[Row], str, list[str], Row], Spec]] = {
    "line": _line,
    "bar": _bar,
    "timeline": _timeline,
    "intervals": _intervals,
    "waterfall": _waterfall,
    "control": _control,
}


def _series(values: list[Row], x: str, series: list[str], options: Row) -> tuple[list[Row], str, str | None]:
    """Several columns become rows of one column, as a drawing wants them."""
    if len(series) == 1:
        return values, series[0], options.get("colour")
    rows: list[Row] = [
        {x: row[x], "value": row[column], "series": title_of(column)} for column in series for row in values
    ]
    return rows, "value", "series"


def _colour(rows: list[Row], column: str) -> Spec:
    names = list(dict.fromkeys(row[column] for row in rows))
    return {
        "field": column,
        "type": "nominal",
        "sort": None,
        "title": None,
        "scale": {"domain": names, "range": [COLOURS[index % len(COLOURS)] for index in range(len(names))]},
    }


def _axis(rows: list[Row], column: str, options: Row) -> Spec:
    title = options.get("x_title")
    sample = next((row[column] for row in rows if row[column] is not None), None)
    if column in options["times"]:
        return {
            "field": column,
            "type": "temporal",
            "title": title,
            "scale": {"type": "utc"},
            "axis": {
                "grid": False,
                "tickCount": 8,
                "labelOverlap": "greedy",
                "labelSeparation": 8,
                "format": _clock(rows, column),
            },
        }
    if isinstance(sample, int | float):
        return {"field": column, "type": "quantitative", "title": title or title_of(column)}
    return {"field": column, "type": "nominal", "sort": None, "title": title}


def _figure(rows: list[Row], column: str, series: list[str]) -> str:
    """How numbers are written along an axis: shares in percent, large ones with k and M."""
    if all(SHARE.search(name) for name in series):
        return ".0%"
    found = [abs(row[column]) for row in rows if isinstance(row[column], int | float)]
    return "~s" if max(found, default=0) >= 10_000 else ",~r" if max(found, default=0) >= 10 else "~g"


def _clock(rows: list[Row], column: str) -> str:
    """How times are written along an axis: hours within three days, else days."""
    moments = sorted(str(row[column]) for row in rows if row[column] is not None)
    span = datetime.fromisoformat(moments[-1]) - datetime.fromisoformat(moments[0])
    return "%-d %b %H:%M" if span <= timedelta(days=3) else "%-d %b"


def plot(spec: Spec) -> str:
    """The SVG of a specification."""
    import vl_convert

    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": CONFIG,
    } | spec
    svg: str = vl_convert.vegalite_to_svg(json.dumps(whole), vl_version="5.20")
    return svg
