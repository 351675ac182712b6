"""Charts: what is drawn, in whose colours, and in which words."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from scaup.charts import KINDS, UnknownChart, draw, title_of

DAYS = [
    {"day": date(2026, 5, 1 + place), "requests": 3 * place, "refused": place, "policy": 'spam<&">'}
    for place in range(20)
]
HITS = [
    {"signal": "sig_a", "precision": 0.8, "low": 0.6, "high": 0.9},
    {"signal": "sig_b", "precision": None, "low": None, "high": None},
]
EVENTS = [{"at": datetime(2026, 5, 1, hour, tzinfo=UTC), "kind": "login"} for hour in range(5)]
BITS = [{"signal": "sig_a", "bits": Decimal("3.5")}, {"signal": "sig_b", "bits": Decimal("-1.25")}]
HOURS = [
    {"hour_of_day": hour, "weekday": day, "request_count": hour * day}
    for hour in (0, 9, 23)
    for day in (1, 7)
]
BINS = [{"low": 2**k, "high": 2 ** (k + 1), "account_count": 10 - k} for k in range(8)]
LINKS = [
    {"near": "a", "far": "b", "kind": "device_hmac", "bits": 12.0},
    {"near": "a", "far": "b", "kind": "ip_prefix", "bits": 2.5},
    {"near": "b", "far": 'c<&">', "kind": "ip_prefix", "bits": 3.0},
]
LIMITS = [
    {"day": date(2026, 5, 1 + place), "rate": rate, "mean": 5.0, "low": 2.0, "high": 8.0}
    for place, rate in enumerate([5.0, 8.0, 8.1, 2.0, 1.9, None])
]
CALLS = {
    "heatmap": (HOURS, {"x": "hour_of_day", "y": "weekday", "value": "request_count"}),
    "distribution": (BINS, {"x": "low", "y": "account_count", "high": "high", "mark": 8, "mark_title": "it"}),
    "graph": (LINKS, {"x": "far", "y": "kind", "near": "near", "weight": "bits", "subject": "a"}),
    "control": (LIMITS, {"x": "day", "y": "rate", "centre": "mean", "low": "low", "high": "high"}),
    "line": (DAYS, {"x": "day", "y": ["requests", "refused"]}),
    "bar": (DAYS, {"x": "day", "y": "requests", "colour": "policy"}),
    "timeline": (EVENTS, {"x": "at", "y": "kind"}),
    "intervals": (HITS, {"x": "precision", "y": "signal", "low": "low", "high": "high"}),
    "waterfall": (BITS, {"x": "signal", "y": "bits"}),
}


def test_every_kind_of_chart_is_tried_here():
    assert CALLS.keys() == set(KINDS)


@pytest.mark.parametrize("kind", CALLS)
def test_a_chart_is_well_formed_follows_the_theme_and_runs_nothing(kind):
    rows, columns = CALLS[kind]
    root = ElementTree.fromstring(draw(kind, rows, **columns).svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"]
    painted = set()
    for element in root.iter():
        assert element.tag.rpartition("}")[2] not in ("script", "style", "image", "foreignObject")
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name != "style"
            assert "http" not in value or name.startswith("xmlns")
            if name in ("fill", "stroke"):
                painted.add(value)
    assert "var(--c1)" in painted
    assert all(paint in ("none", "transparent") or paint.startswith("var(") for paint in painted)


@pytest.mark.parametrize("kind", CALLS)
def test_the_same_rows_draw_the_same_bytes(kind):
    rows, columns = CALLS[kind]
    assert draw(kind, rows, **columns) == draw(kind, rows, **columns)


def test_a_chart_says_in_words_what_it_shows():
    words = draw("line", DAYS, x="day", y="requests").alternative
    assert (
        words
        == "Line chart with 20 rows: requests by day. From 2026-05-01 to 2026-05-20. Requests from 0 to 57."
    )


def test_text_from_data_is_escaped_once():
    svg = draw("bar", DAYS, x="day", y="requests", colour="policy").svg
    assert "spam<" not in svg
    texts = [element.text for element in ElementTree.fromstring(svg).iter() if element.text]
    assert 'spam<&">' in texts


def test_a_name_that_looks_like_no_time_stays_a_name():
    rows = [{"name": "2026-not-a-dateZ", "count": 1}, {"name": "b", "count": 2}]
    texts = [
        element.text for element in ElementTree.fromstring(draw("bar", rows, x="name", y="count").svg).iter()
    ]
    assert "2026-not-a-dateZ" in texts


def test_numbers_that_are_none_are_left_out_not_drawn_as_zero():
    rows = [{"x": 1, "y": float("nan")}, {"x": 2, "y": float("inf")}, {"x": 3, "y": 4.0}]
    assert "Y from 4 to 4." in draw("line", rows, x="x", y="y").alternative


def test_an_unknown_kind_and_an_unknown_column_name_the_nearest():
    with pytest.raises(UnknownChart, match="Did you mean 'line'"):
        draw("lime", DAYS, x="day", y="requests")
    with pytest.raises(UnknownChart, match="Did you mean 'requests'"):
        draw("line", DAYS, x="day", y="request")


def test_a_columns_name_is_written_as_people_write_it():
    assert title_of("ip_prefix_count") == "IP prefix count"
    assert title_of("request_count_28d") == "Request count (28 days)"


def texts(svg: str) -> list[str]:
    return [element.text for element in ElementTree.fromstring(svg).iter() if element.text]


def test_a_heat_map_has_a_cell_for_every_hour_of_the_week_and_says_where_the_most_is():
    chart = draw("heatmap", HOURS, x="hour_of_day", y="weekday", value="request_count")
    assert chart.svg.count("<rect") == 24 * 7 + 5
    assert "Monday 09:00: 9" in texts(chart.svg) and "Tuesday 09:00: 0" in texts(chart.svg)
    assert "161" in chart.alternative and "hour of day 23, Sunday" in chart.alternative


@pytest.mark.parametrize(
    ("mark", "bin_of", "below"), [(8, 7, 27), (7.99, 8, 19), (1, 10, 0), (256, 3, 49), (0.5, None, 0)]
)
def test_a_distribution_marks_the_bin_that_holds_the_subject(mark, bin_of, below):
    """Bins are half-open: 8 stands in the bin from 8 on, 7.99 in the one before; the last has no end."""
    chart = draw("distribution", BINS, x="low", y="account_count", high="high", mark=mark, mark_title="it")
    if bin_of is None:
        assert "It stands" not in chart.alternative and "var(--c2)" not in chart.svg
    else:
        assert f"It stands at {mark}, in a bin of {bin_of}, with {below} in lower bins." in chart.alternative
        assert chart.svg.count("var(--c2)") == 1


def test_a_graph_names_its_nodes_and_what_links_them():
    chart = draw("graph", LINKS, x="far", y="kind", near="near", weight="bits", subject="a")
    assert {"a", "b", 'c<&">', "device, ip prefix", "ip prefix"} <= set(texts(chart.svg))
    assert chart.alternative == (
        "Graph of 3 nodes and 2 links: 1 by device, 2 by ip prefix. a is linked to 1: b."
    )


def test_a_graph_lies_inside_its_paper_and_does_not_depend_on_the_order_of_rows():
    links = [{"near": f"n{k % 9}", "far": f"m{k * 7 % 31}", "kind": "asn", "bits": 1.0} for k in range(90)]
    options = {"x": "far", "y": "kind", "near": "near", "weight": "bits"}
    chart = draw("graph", links, **options)
    assert chart == draw("graph", links[::-1], **options)
    root = ElementTree.fromstring(chart.svg)
    for element in root.iter():
        if element.tag.endswith("circle"):
            assert 0 < float(element.attrib["cx"]) < 760
            assert 0 < float(element.attrib["cy"]) < float(root.attrib["height"])


def test_a_graph_of_too_many_nodes_says_how_many_it_leaves_out():
    links = [{"far": f"n{k:03d}", "kind": "asn", "bits": float(k)} for k in range(100)]
    words = draw("graph", links, x="far", y="kind", weight="bits", subject="hub").alternative
    assert "Drawn are the 40 nodes with the strongest links; 61 are left out." in words


def test_a_control_chart_counts_what_lies_outside_its_limits_and_not_what_lies_on_them():
    chart = draw("control", LIMITS, x="day", y="rate", centre="mean", low="low", high="high")
    assert "2 of 6 points lie outside the control limits, the first at 2026-05-03." in chart.alternative


@pytest.mark.parametrize("kind", CALLS)
def test_no_rows_and_rows_of_nothing_can_be_drawn(kind):
    rows, columns = CALLS[kind]
    empty = [dict.fromkeys(rows[0])]
    if kind in ("heatmap", "distribution", "graph"):
        assert draw(kind, [], **columns).svg
    if kind in ("distribution", "control", "waterfall"):
        assert draw(kind, [{**empty[0], columns["x"]: rows[0][columns["x"]]}], **columns).svg


@pytest.mark.parametrize("kind", ["heatmap", "graph", "bar"])
def test_characters_that_act_are_shown_in_a_chart(kind):
    text = "a\x1b[31m\x00\u202eb"
    rows = [{"x": text, "y": text, "n": 3}, {"x": "other", "y": "other", "n": 1}]
    calls = {
        "heatmap": {"x": "x", "y": "y", "value": "n"},
        "graph": {"x": "x", "y": "y", "subject": text},
        "bar": {"x": "x", "y": "n"},
    }
    svg = draw(kind, rows, **calls[kind]).svg
    ElementTree.fromstring(svg)
    assert "\x1b" not in svg and "\x00" not in svg and "\u202e" not in svg and "\\x1b[31m" in svg
