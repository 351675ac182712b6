"""`signal_outcomes` and `risk_scores` against a plain Python reading of their definitions."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_sql import model_sql

from scaup import warehouse

SIGNALS = {
    "sig_a": ("one", "enforcement"),
    "sig_b": ("one", "enforcement"),
    "sig_c": ("two", "enforcement"),
    "sig_help": ("support", "support"),
}
LABELS = ("violating", "benign", "borderline", "needs_support")
FLOOR, CAP, PRIOR_HITS, ESCALATION = 0.0, 10.0, 1.0, Decimal("4.0000")

hits = st.sets(st.tuples(st.sampled_from(sorted(SIGNALS)), st.integers(0, 40)), max_size=90)
reviews = st.dictionaries(st.integers(0, 60), st.sampled_from(LABELS), max_size=61)


def evidence(hits: set[tuple[str, int]], reviews: dict[int, str]) -> duckdb.DuckDBPyConnection:
    """A database with the two models over these hits (signal, account) and verdicts."""
    connection = warehouse.connect()
    connection.execute("""
        create table signal_definitions (signal_id varchar, version bigint, family varchar, route varchar);
        create table signals (
            signal_id varchar, subject_type varchar, subject_id varchar, detected_at timestamptz
        );
        create table signal_subjects (signal_id varchar, account_id varchar, detected_at timestamptz);
        create table int_reviewed_subjects (subject_type varchar, subject_id varchar, label varchar);
        create table int_snapshot_clock as select timestamptz '2026-06-01 00:00:00+00' as as_of;
        create table evidence_bounds (bound varchar, value decimal(9, 4), valid_from date, valid_to date);
        create table escalation_thresholds as
        select
            'enforcement' as route, 4::decimal(9, 4) as bits,
            date '2025-01-01' as valid_from, null::date as valid_to;
    """)

    def fill(table: str, rows: list[tuple[object, ...]]) -> None:
        if rows:
            connection.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608

    moment = "2026-05-01 00:00:00+00"
    fill("signal_definitions", [(name, 1, *meaning) for name, meaning in SIGNALS.items()])
    fill("signals", [(signal, "account", f"a{account}", moment) for signal, account in sorted(hits)])
    # Two windows each: an account is one hit, however often it was hit.
    fill("signal_subjects", [(signal, f"a{account}", moment) for signal, account in sorted(hits)] * 2)
    fill("int_reviewed_subjects", [("account", f"a{account}", label) for account, label in reviews.items()])
    bounds = {"bits_floor": FLOOR, "bits_cap": CAP, "prior_hits": PRIOR_HITS}
    fill("evidence_bounds", [(name, value, "2025-01-01", None) for name, value in bounds.items()])
    for model in ("signal_outcomes", "risk_scores"):
        connection.execute(f"create table {model} as {model_sql('marts/enforcement/' + model)}")
    return connection


def expected_bits(signal: str, hits: set[tuple[str, int]], reviews: dict[int, str]) -> Decimal:
    """log2 of the ratio of the hit rates, each raised by the prior hits spread over all settled reviews."""
    sought = "needs_support" if SIGNALS[signal][1] == "support" else "violating"
    sides: dict[bool, list[bool]] = {True: [], False: []}
    for account, label in reviews.items():
        if label != "borderline":
            sides[label == sought].append((signal, account) in hits)
    if not sides[True] or not sides[False]:
        return Decimal(0)
    prior = PRIOR_HITS / sum(map(len, sides.values()))
    confirmed, benign = (sum(side) / len(side) + prior for side in (sides[True], sides[False]))
    return Decimal(str(round(min(CAP, max(FLOOR, math.log2(confirmed / benign))), 4)))


@settings(max_examples=15, deadline=None)
@given(hits, reviews)
def test_bits_and_scores_equal_the_definition(hits, reviews):
    connection = evidence(hits, reviews)
    bits = dict(connection.sql("select signal_id, bits from signal_outcomes").fetchall())
    assert set(bits) == set(SIGNALS)
    for signal in SIGNALS:
        assert float(bits[signal]) == pytest.approx(float(expected_bits(signal, hits, reviews)), abs=1.01e-4)

    by_account: dict[str, set[str]] = defaultdict(set)
    for signal, account in hits:
        by_account[f"a{account}"].add(signal)
    scores = connection.sql("""
        select subject_id, route, bits, is_above_escalation, contributions from risk_scores
    """).fetchall()
    assert {row[0] for row in scores} == set(by_account)
    for account, route, total, is_above, contributions in scores:
        strongest: dict[str, Decimal] = {}
        for signal in by_account[account]:
            family, signal_route = SIGNALS[signal]
            if signal_route == "enforcement":
                strongest[family] = max(strongest.get(family, Decimal(0)), bits[signal])
        assert total == sum(strongest.values())
        assert route == ("support" if "sig_help" in by_account[account] else "enforcement")
        assert is_above == (route == "enforcement" and total >= ESCALATION)
        waterfall = json.loads(contributions)
        assert {entry["signal_id"] for entry in waterfall} == by_account[account]
        assert sum(Decimal(str(e["bits"])) for e in waterfall if e["is_counted"]) == total


def test_bits_of_a_screening_test_are_the_log_of_its_likelihood_ratio():
    # A worked example as in textbooks of diagnosis: sensitivity 90 %, specificity 95 %, so LR+ = 18,
    # which is 4.17 bits. The prior hit costs little among 2,000 reviewed.
    reviews = {account: "violating" if account < 1000 else "benign" for account in range(2000)}
    hits = {("sig_a", account) for account in [*range(900), *range(1000, 1050)]}
    connection = evidence(hits, reviews)
    ((bits, precision),) = connection.sql("""
        select bits::double, precision from signal_outcomes where signal_id = 'sig_a'
    """).fetchall()
    assert bits == pytest.approx(math.log2(18), abs=0.02)
    assert precision == pytest.approx(900 / 950)


def test_more_reviews_of_the_same_kind_give_more_evidence():
    bits = []
    for factor in (1, 2, 4, 8):
        reviews = {account: "violating" if account % 4 == 0 else "benign" for account in range(40 * factor)}
        hits = {("sig_a", account) for account in reviews if account % 4 == 0}
        connection = evidence(hits, reviews)
        bits += connection.sql("select bits from signal_outcomes where signal_id = 'sig_a'").fetchall()
    assert all(fewer < more for fewer, more in pairwise(bits))
