"""`signal_outcomes` and `risk_scores` against a plain Python reading of their definitions."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_sql import model_sql
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from scaup import warehouse

SIGNALS = {
    "sig_a": ("one", "enforcement"),
    "sig_b": ("one", "enforcement"),
    "sig_c": ("two", "enforcement"),
    "sig_help": ("support", "support"),
}
LABELS = ("violating", "benign", "borderline", "needs_support")
FLOOR, CAP, REVIEWS, PREVALENCE, CELL_REVIEWS = 0.0, 10.0, 1.0, 0.05, 10.0
ESCALATION, ALONE, SINGLE, POPULATION = Decimal("3.0000"), Decimal("5.0000"), Decimal("6.0000"), 100

hits = st.sets(st.tuples(st.sampled_from(sorted(SIGNALS)), st.integers(0, 40)), max_size=90)
reviews = st.dictionaries(st.integers(0, 60), st.sampled_from(LABELS), max_size=61)
drawn = st.sets(st.integers(0, 60))


def evidence(
    hits: set[tuple[str, int]],
    reviews: dict[int, str],
    drawn: frozenset[int] | set[int] = frozenset(),
    population: int = POPULATION,
) -> duckdb.DuckDBPyConnection:
    """A database with the models over these hits (signal, account) and verdicts.

    Accounts in `drawn` were drawn for review with probability a quarter.
    """
    connection = warehouse.connect()
    connection.execute("""
        create table signal_definitions (signal_id varchar, version bigint, family varchar, route varchar);
        create table signals (
            signal_id varchar, subject_type varchar, subject_id varchar,
            detected_at timestamptz, strength double
        );
        create table signal_subjects (
            signal_id varchar, account_id varchar, detected_at timestamptz, strength double
        );
        create table int_reviewed_subjects (
            subject_type varchar, subject_id varchar, label varchar, inclusion_prob double
        );
        create table int_judged_subjects (subject_type varchar, subject_id varchar, surface varchar);
        create table int_snapshot_clock as select timestamptz '2026-06-01 00:00:00+00' as as_of;
        create table evidence_bounds (bound varchar, value decimal(9, 4), valid_from date, valid_to date);
        create table escalation_thresholds as
        select
            'enforcement' as route, 3::decimal(9, 4) as bits, 5::decimal(9, 4) as alone_bits,
            6::decimal(9, 4) as single_hit_bits,
            date '2025-01-01' as valid_from, null::date as valid_to;
    """)

    def fill(table: str, rows: list[tuple[object, ...]]) -> None:
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            unnested = ", ".join(["unnest(?)"] * len(columns))
            connection.execute(f"insert into {table} select {unnested}", columns)

    moment = "2026-05-01 00:00:00+00"
    fill("signal_definitions", [(name, 1, *meaning) for name, meaning in SIGNALS.items()])
    fill("signals", [(signal, "account", f"a{account}", moment, 0.5) for signal, account in sorted(hits)])
    # Accounts with odd numbers in two windows: an account is one hit, however often it was hit.
    windows = [(signal, account) for signal, account in sorted(hits) for _ in range(1 + account % 2)]
    fill("signal_subjects", [(signal, f"a{account}", moment, 0.5) for signal, account in windows])
    fill(
        "int_reviewed_subjects",
        [
            ("account", f"a{account}", label, 0.25 if account in drawn else None)
            for account, label in reviews.items()
        ],
    )
    fill("int_judged_subjects", [("account", f"a{number}", "api") for number in range(population)])
    bounds = {
        "bits_floor": FLOOR,
        "bits_cap": CAP,
        "prior_reviews": REVIEWS,
        "prior_prevalence": PREVALENCE,
        "cell_reviews": CELL_REVIEWS,
    }
    fill("evidence_bounds", [(name, value, "2025-01-01", None) for name, value in bounds.items()])
    connection.execute(f"create view int_evidence_bounds as {model_sql('intermediate/int_evidence_bounds')}")
    for model in ("signal_outcomes", "signal_bits", "risk_scores", "risk_posteriors"):
        connection.execute(f"create table {model} as {model_sql('marts/enforcement/' + model)}")
    return connection


def drawn_towards(verdicts: list[tuple[bool, float]], prior: float) -> float:
    """The share confirmed among weighted verdicts, as a Beta posterior mean with Kish's effective number."""
    total = sum(weight for _, weight in verdicts)
    if not total:
        return prior
    effective = total**2 / sum(weight**2 for _, weight in verdicts)
    share = sum(weight for confirmed, weight in verdicts if confirmed) / total
    return (share * effective + REVIEWS * prior) / (effective + REVIEWS)


def expected_shares(
    signal: str,
    hits: set[tuple[str, int]],
    reviews: dict[int, str],
    drawn: frozenset[int] | set[int] = frozenset(),
    population: int = POPULATION,
) -> tuple[float, float, int]:
    """Share confirmed among the hits, among everybody, and the number of hits."""
    sought = "needs_support" if SIGNALS[signal][1] == "support" else "violating"
    verdicts: dict[bool, list[tuple[bool, float]]] = {True: [], False: []}
    for account, label in reviews.items():
        if label != "borderline":
            verdicts[(signal, account) in hits].append((label == sought, 4.0 if account in drawn else 1.0))
    reviewed = drawn_towards(verdicts[True] + verdicts[False], PREVALENCE)
    # Without a reviewed hit both are the same, so that the signal says nothing.
    of_hits, of_misses = drawn_towards(verdicts[True], reviewed), drawn_towards(verdicts[False], PREVALENCE)
    hit_count = sum(name == signal for name, _ in hits)
    return of_hits, (of_hits * hit_count + of_misses * (population - hit_count)) / population, hit_count


def expected_rates(
    signal: str,
    hits: set[tuple[str, int]],
    reviews: dict[int, str],
    drawn: frozenset[int] | set[int] = frozenset(),
    population: int = POPULATION,
) -> tuple[float, float]:
    """P(hit | confirmed) and P(hit | benign) of everybody, after Begg and Greenes 1983."""
    of_hits, prevalence, hit_count = expected_shares(signal, hits, reviews, drawn, population)
    return (
        of_hits * hit_count / (prevalence * population),
        (1 - of_hits) * hit_count / ((1 - prevalence) * population),
    )


def weak_bits(
    signal: str, hits: set[tuple[str, int]], reviews: dict[int, str], drawn: frozenset[int] | set[int]
) -> float:
    """What a hit is worth where all hits are weak and on one surface, from reviews of those hits alone."""
    sought = "needs_support" if SIGNALS[signal][1] == "support" else "violating"
    settled = [account for account, label in reviews.items() if label != "borderline"]
    verdicts = [
        (reviews[account] == sought, 4.0 if account in drawn else 1.0)
        for account in settled
        if (signal, account) in hits
    ]
    prevalence = expected_shares(signal, hits, reviews, drawn)[1]
    weak = drawn_towards(verdicts, prevalence)
    confirmed = sum(is_confirmed for is_confirmed, _ in verdicts)
    precision = (confirmed + CELL_REVIEWS * weak) / (len(verdicts) + CELL_REVIEWS)
    told = math.log2(precision / (1 - precision)) - math.log2(prevalence / (1 - prevalence))
    return min(CAP, max(FLOOR, told))


@settings(max_examples=10, deadline=None)
@given(hits, reviews, drawn)
def test_bits_and_scores_equal_the_definition(hits, reviews, drawn):
    connection = evidence(hits, reviews, drawn)
    outcomes = connection.sql("""
        select signal_id, bits, hit_rate_confirmed, hit_rate_benign from signal_outcomes
    """).fetchall()
    assert {row[0] for row in outcomes} == set(SIGNALS)
    for signal, bits, hit_rate_confirmed, hit_rate_benign in outcomes:
        confirmed, benign = expected_rates(signal, hits, reviews, drawn)
        assert (hit_rate_confirmed, hit_rate_benign) == pytest.approx((confirmed, benign))
        told = math.log2(confirmed / benign) if benign else 0.0
        assert float(bits) == pytest.approx(min(CAP, max(FLOOR, told)), abs=1.01e-4)

    by_account: dict[str, set[str]] = defaultdict(set)
    for signal, account in hits:
        by_account[f"a{account}"].add(signal)
    worth = dict(connection.sql("select signal_id, bits from signal_bits").fetchall())
    assert worth.keys() == {signal for signal, _ in hits}
    for signal, bits in worth.items():
        assert float(bits) == pytest.approx(weak_bits(signal, hits, reviews, drawn), abs=1.01e-4)
    scores = connection.sql("""
        select subject_id, route, bits, is_above_escalation, contributions from risk_scores
    """).fetchall()
    assert {row[0] for row in scores} == set(by_account)
    for account, route, total, is_above, contributions in scores:
        strongest: dict[str, Decimal] = {}
        for signal in by_account[account]:
            family, signal_route = SIGNALS[signal]
            if signal_route == "enforcement":
                strongest[family] = max(strongest.get(family, Decimal(0)), worth[signal])
        assert total == sum(strongest.values())
        assert route == ("support" if "sig_help" in by_account[account] else "enforcement")
        telling = sum(bits >= 1 for bits in strongest.values())
        # Every hit of this world is weak.
        is_single = len(by_account[account]) == 1 and int(account[1:]) % 2 == 0
        threshold = ESCALATION if telling > 1 else SINGLE if is_single else ALONE
        assert is_above == (route == "enforcement" and total >= threshold)
        waterfall = json.loads(contributions)
        assert {entry["signal_id"] for entry in waterfall} == by_account[account]
        assert sum(Decimal(str(e["bits"])) for e in waterfall if e["is_counted"]) == total


def test_bits_of_a_screening_test_are_the_log_of_its_likelihood_ratio():
    # A worked example as in textbooks of diagnosis: sensitivity 90 %, specificity 95 %, so LR+ = 18,
    # which is 4.17 bits. The imagined review costs little among 2,000.
    reviews = {account: "violating" if account < 1000 else "benign" for account in range(2000)}
    hits = {("sig_a", account) for account in [*range(900), *range(1000, 1050)]}
    connection = evidence(hits, reviews, population=2000)
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
        connection = evidence(hits, reviews, population=len(reviews))
        bits += connection.sql("select bits from signal_outcomes where signal_id = 'sig_a'").fetchall()
    assert all(fewer < more for fewer, more in pairwise(bits))


def test_reviewing_only_the_hits_does_not_bend_the_rates():
    # Sensitivity 80 %, false-positive rate 2 % of 10,000 accounts of which 500 violate. Every hit is
    # reviewed, and one miss in twenty: among the reviewed the signal looks far worse than it is.
    hits = {("sig_a", account) for account in [*range(400), *range(500, 690)]}
    reviews = {}
    for account in range(10_000):
        if ("sig_a", account) in hits or account % 20 == 0:
            reviews[account] = "violating" if account < 500 else "benign"
    connection = evidence(hits, reviews, population=10_000)
    (rates,) = connection.sql("""
        select hit_rate_confirmed, hit_rate_benign, bits::double
        from signal_outcomes where signal_id = 'sig_a'
    """).fetchall()
    assert rates == pytest.approx((0.8, 0.02, math.log2(40)), rel=0.02)
    naive = 190 / sum(label == "benign" for label in reviews.values())
    assert naive > 0.28  # what the hit rate among the reviewed benign would have said


def test_posteriors_are_calibrated_as_scikit_learn_says():
    # Half of those hit by sig_a violate, nine in ten of those hit by sig_c, one in fifty of the rest.
    hits = {("sig_a", account) for account in range(200)} | {
        ("sig_c", account) for account in range(200, 300)
    }
    reviews = {
        account: "violating"
        if (account < 200 and account % 2 == 0)
        or (200 <= account < 300 and account % 10)
        or (account >= 300 and account % 50 == 0)
        else "benign"
        for account in range(2000)
    }
    connection = evidence(hits, reviews, population=2000)
    rows = connection.sql("select is_violating, predicted_probability from risk_posteriors").fetchall()
    found, predicted = [row[0] for row in rows], [row[1] for row in rows]
    # The question's only Jinja is ref().
    sql = re.sub(r"\{\{ ref\(\"(\w+)\"\) \}\}", r"\1", Path("analyses/risk_calibration.sql").read_text())
    bins = connection.execute(sql, {"bins": 10, "limit": 100}).fetchall()
    observed, mean_predicted = calibration_curve(found, predicted, n_bins=10, strategy="uniform")
    assert [row[6] for row in bins] == pytest.approx(list(observed))
    assert [row[5] for row in bins] == pytest.approx(list(mean_predicted))
    assert bins[0][9] == pytest.approx(brier_score_loss(found, predicted))
    by_hit = {round(p, 1) for p in predicted}
    assert by_hit == {0.1, 0.5, 0.9}
