"""The statistics in `macros/statistics.sql` against scipy, textbook figures and their own edges."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_sql import macros
from scipy.stats import binomtest

from scaup import warehouse


def wilson(cases: list[tuple[int | None, int | None]]) -> list[tuple[float | None, float | None]]:
    """The interval of each (part, whole), in order."""
    connection = warehouse.connect()
    connection.execute("create table cases (position bigint, part bigint, whole bigint)")
    connection.executemany("insert into cases values (?, ?, ?)", [(n, *case) for n, case in enumerate(cases)])
    low, high = macros()["wilson_low"]("part", "whole"), macros()["wilson_high"]("part", "whole")
    return connection.sql(f"select {low}, {high} from cases order by position").fetchall()  # noqa: S608


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.integers(1, 10_000_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))),
        min_size=1,
        max_size=40,
    )
)
def test_wilson_equals_scipy(cases):
    for (part, whole), (low, high) in zip(cases, wilson(cases), strict=True):
        interval = binomtest(part, whole).proportion_ci(confidence_level=0.95, method="wilson")
        assert low == pytest.approx(interval.low, abs=1e-12)
        assert high == pytest.approx(interval.high, abs=1e-12)


def test_wilson_of_every_small_table_equals_scipy():
    cases = [(part, whole) for whole in range(1, 31) for part in range(whole + 1)]
    for (part, whole), (low, high) in zip(cases, wilson(cases), strict=True):
        interval = binomtest(part, whole).proportion_ci(confidence_level=0.95, method="wilson")
        assert (low, high) == pytest.approx((interval.low, interval.high), abs=1e-12)


def test_wilson_agrees_with_newcombes_printed_table():
    # Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3.
    printed = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for interval, expected in zip(wilson(list(printed)), printed.values(), strict=True):
        assert interval == pytest.approx(expected, abs=5e-5)


def test_wilson_of_nothing_is_unknown_not_zero():
    assert wilson([(0, 0), (None, None), (None, 5)]) == [(None, None), (None, None), (None, None)]


def test_wilson_stays_within_zero_and_one():
    for low, high in wilson([(0, 1), (1, 1), (0, 10**9), (10**9, 10**9)]):
        assert 0 <= low <= high <= 1
