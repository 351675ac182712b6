"""Intervals of a share and the beta quantile in `macros/statistics/` against scipy and textbooks."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from model_sql import macros
from scipy.stats import beta, binomtest, t

from scaup import warehouse

CONNECTION = warehouse.connect(threads=1)


def interval(
    method: str, cases: list[tuple[int | None, int | None]], **named: float
) -> list[tuple[float | None, float | None]]:
    """The interval of each (part, whole), in order."""
    low, high = (macros()[f"{method}_{end}"]("part", "whole", **named) for end in ("low", "high"))
    return CONNECTION.execute(
        f"select {low}, {high} "  # noqa: S608
        "from (select unnest($parts::bigint[]) as part, unnest($wholes::bigint[]) as whole)",
        {"parts": [part for part, _ in cases], "wholes": [whole for _, whole in cases]},
    ).fetchall()


def wilson(cases: list[tuple[int | None, int | None]]) -> list[tuple[float | None, float | None]]:
    return interval("wilson", cases)


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


def test_a_one_sided_wilson_bound_takes_another_quantile():
    ((low, _),) = interval("wilson", [(37, 40)], z=1.6448536269514722)
    assert low == pytest.approx(binomtest(37, 40, alternative="greater").proportion_ci(method="wilson").low)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.integers(1, 20_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))),
        min_size=1,
        max_size=20,
    )
)
def test_clopper_pearson_equals_scipy(cases):
    for (part, whole), (low, high) in zip(cases, interval("clopper_pearson", cases), strict=True):
        exact = binomtest(part, whole).proportion_ci(confidence_level=0.95, method="exact")
        assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-9)


def test_clopper_pearson_agrees_with_newcombes_printed_table():
    # Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 5.
    printed = {
        (81, 263): (0.2527, 0.3676),
        (15, 148): (0.0578, 0.1617),
        (0, 20): (0.0, 0.1684),
        (1, 29): (0.0009, 0.1776),
    }
    for found, expected in zip(interval("clopper_pearson", list(printed)), printed.values(), strict=True):
        assert found == pytest.approx(expected, abs=5e-5)


def test_clopper_pearson_of_nothing_is_unknown_and_of_all_or_none_touches_the_end():
    assert interval("clopper_pearson", [(0, 0), (None, None), (None, 5)]) == [(None, None)] * 3
    (none, all_) = interval("clopper_pearson", [(0, 5), (5, 5)])
    assert none[0] == 0 and all_[1] == 1


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0.5, 5000), st.floats(0.5, 5000), st.sampled_from([0.001, 0.025, 0.5, 0.95, 0.9999])
        ),
        min_size=1,
        max_size=20,
    )
)
def test_the_beta_quantile_equals_scipy(cases):
    a, b, probability = (list(column) for column in zip(*cases, strict=True))
    found = CONNECTION.execute(
        f"select {macros()['beta_quantile']('p', 'a', 'b')} "  # noqa: S608
        "from (select unnest($p::double[]) as p, unnest($a::double[]) as a, unnest($b::double[]) as b)",
        {"p": probability, "a": a, "b": b},
    ).fetchall()
    assert [one for (one,) in found] == pytest.approx(beta.ppf(probability, a, b).tolist(), abs=1e-9)


def student(expression: str, columns: dict[str, list[float]]) -> list[float | None]:
    """What an expression over these columns gives, in order."""
    rows = CONNECTION.execute(
        f"select {expression} from (select {', '.join(f'unnest(${name}::double[]) as {name}' for name in columns)})",  # noqa: E501, S608
        dict(columns),
    ).fetchall()
    return [row[0] for row in rows]


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-60, 60, allow_subnormal=False), st.integers(1, 9000)), min_size=1, max_size=20
    )
)
@example([(1e-05, 444), (0.0, 5), (1.0, 1), (21.0, 444), (30.0, 900), (1e-9, 9000), (60.0, 9000)])
def test_students_tail_equals_scipy(cases):
    values, degrees = (list(side) for side in zip(*cases, strict=True))
    found = student(macros()["student_tail"]("value", "degrees"), {"value": values, "degrees": degrees})
    assert found == pytest.approx([2 * t.sf(abs(v), d) for v, d in cases], abs=1e-9)


def test_students_quantile_equals_scipy_and_its_printed_table():
    degrees = [1, 2, 3, 5, 10, 29, 39, 120, 1000, 9000]
    for tail in (0.05, 0.025, 0.005):
        found = student(macros()["student_quantile"](tail, "degrees"), {"degrees": degrees})
        assert found == pytest.approx([t.isf(tail, d) for d in degrees], rel=1e-9)
    # "Student", Biometrika 6 (1908); Fisher's table of 1925: t at 5 %, two-sided.
    printed = student(macros()["student_quantile"](0.025, "degrees"), {"degrees": [1, 4, 9, 30]})
    assert [round(value, 3) for value in printed if value] == [12.706, 2.776, 2.262, 2.042]
    assert student(macros()["student_quantile"](0.025, "degrees"), {"degrees": [0]}) == [None]
    assert student(macros()["student_tail"]("degrees", "degrees"), {"degrees": [0]}) == [None]
