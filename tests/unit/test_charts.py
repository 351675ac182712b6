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
CALLS = {
    "line": (DAYS, {"x": "day", "y": ["requests", "refused"]}),
    "bar": (DAYS, {"x": "day", "y": "requests", "colour": "policy"}),
    "timeline": (EVENTS, {"x": "at", "y": "kind"}),
    "intervals": (HITS, {"x": "precision", "y": "signal", "low": "low", "high": "high"}),
    "waterfall": (BITS, {"x": "signal", "y": "bits"}),
}


def test_every_kind_of_chart_is_tried_here():
    assert CALLS.keys() == KINDS.keys()


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
            assert "http" not in value
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
