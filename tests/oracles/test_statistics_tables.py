"""The statistics over relations in `macros/statistics/` against their reference libraries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from model_sql import macros
from scipy.optimize import minimize
from scipy.stats import betabinom, chi2, entropy
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, brier_score_loss, cohen_kappa_score
from statsmodels.api import OLS
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from scaup import warehouse

CLOSE = 1e-9
CONNECTION = warehouse.connect(threads=1)
quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def rows(sql: str, columns: Mapping[str, Sequence[Any]], types: Mapping[str, str]) -> list[dict[str, Any]]:
    """What `sql` gives over a table `given` of these columns."""
    unnested = ", ".join(f"unnest(${name}::{types[name]}[]) as {name}" for name in columns)
    CONNECTION.execute(
        f"create or replace table given as select {unnested}",
        {name: list(values) for name, values in columns.items()},
    )
    found = CONNECTION.execute(sql)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def one(sql: str, columns: Mapping[str, Sequence[Any]], types: Mapping[str, str]) -> dict[str, Any]:
    (found,) = rows(sql, columns, types)
    return found


def macro(name: str, *arguments: Any, **named: Any) -> str:
    return str(macros()[name](*arguments, **named))


# Kaplan–Meier

WAITS = {"hours": "double", "is_open": "boolean"}


@quick
@given(
    st.lists(st.tuples(st.integers(0, 12).map(lambda n: n / 4), st.booleans()), min_size=1, max_size=60),
    st.sampled_from([0.05, 0.25, 0.5, 0.75, 0.9, 0.95]),
)
def test_kaplan_meier_equals_lifelines(items, share):
    hours, is_open = zip(*items, strict=True)
    fitted = KaplanMeierFitter().fit(hours, [not censored for censored in is_open])
    sql = macro("kaplan_meier", "given", "hours", "is_open")
    steps = rows(f"{sql} order by duration", {"hours": hours, "is_open": is_open}, WAITS)
    low, high = (fitted.confidence_interval_[name] for name in fitted.confidence_interval_)
    for step in steps:
        at = step["duration"]
        survival = fitted.survival_function_.loc[at].iloc[0]
        assert step["survival"] == pytest.approx(survival, abs=CLOSE)
        assert step["at_risk_count"] == fitted.event_table.loc[at, "at_risk"]
        assert step["event_count"] == fitted.event_table.loc[at, "observed"]
        if survival > 1e-12:
            assert step["survival_low"] == pytest.approx(low.loc[at], abs=CLOSE)
            assert step["survival_high"] == pytest.approx(high.loc[at], abs=CLOSE)
        else:
            assert step["survival_low"] is None and step["survival_high"] is None
    quantile = macro("survival_quantile", share)
    found = one(f"select {quantile} as q from ({sql})", {"hours": hours, "is_open": is_open}, WAITS)["q"]  # noqa: S608
    curve = fitted.survival_function_.iloc[:, 0]
    reached = [at for at, survival in curve.items() if at in hours and survival <= 1 - share + 1e-12]
    assert found == (min(reached) if reached else None)


def test_kaplan_meier_of_the_leukaemia_trial_is_the_printed_one():
    # Freireich et al. 1963, as printed in Collett, Modelling Survival Data, and in R's survival: 6-MP arm.
    hours = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapsed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    sql = macro("kaplan_meier", "given", "hours", "is_open")
    steps = rows(sql, {"hours": hours, "is_open": [not one for one in relapsed]}, WAITS)
    printed = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    errors = {6: 0.0764, 7: 0.0869, 10: 0.0963, 13: 0.1068, 16: 0.1141, 22: 0.1282, 23: 0.1346}
    for step in steps:
        if step["event_count"]:
            assert step["survival"] == pytest.approx(printed[step["duration"]], abs=6e-5)
            assert step["survival_std_error"] == pytest.approx(errors[step["duration"]], abs=6e-5)
    median = f"select {macro('survival_quantile', 0.5)} as hours from ({sql})"  # noqa: S608
    assert one(median, {"hours": hours, "is_open": [not one for one in relapsed]}, WAITS)["hours"] == 23


def test_kaplan_meier_keeps_groups_apart_and_nothing_is_no_rows():
    types = {"queue": "varchar", **WAITS}
    sql = macro("kaplan_meier", "given", "hours", "is_open", by=["queue"])
    given_rows = {"queue": ["a", "b", "a"], "hours": [1, 1, 2], "is_open": [False, True, False]}
    found = {(row["queue"], row["duration"]): row["survival"] for row in rows(sql, given_rows, types)}
    assert found == {("a", 1): 0.5, ("a", 2): 0, ("b", 1): 1}
    assert rows(sql, {"queue": [], "hours": [], "is_open": []}, types) == []


# Agreement

PAIRS = {"first": "varchar", "second": "varchar"}
labels = st.sampled_from("abc")


@quick
@given(st.lists(st.tuples(labels, labels), min_size=1, max_size=50))
def test_cohen_kappa_equals_scikit_learn_and_statsmodels(pairs):
    first, second = zip(*pairs, strict=True)
    found = one(macro("cohen_kappa", "given", "first", "second"), {"first": first, "second": second}, PAIRS)
    table = np.array([[pairs.count((a, b)) for b in "abc"] for a in "abc"])
    assert found["pair_count"] == len(pairs)
    assert found["agreed_count"] == sum(a == b for a, b in pairs)
    if len({*first, *second}) == 1:
        assert found["kappa"] is None
        return
    assert found["kappa"] == pytest.approx(cohen_kappa_score(first, second), abs=CLOSE)
    reference = cohens_kappa(table)
    assert found["kappa"] == pytest.approx(reference.kappa, abs=CLOSE)
    assert found["kappa_std_error"] ** 2 == pytest.approx(reference.var_kappa, abs=CLOSE)


def test_cohen_kappa_of_fleiss_cohen_and_everitts_table():
    # Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, table 18.1: 0.676, s.e. 0.088.
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    pairs = [("pno"[i], "pno"[j]) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    first, second = zip(*pairs, strict=True)
    found = one(macro("cohen_kappa", "given", "first", "second"), {"first": first, "second": second}, PAIRS)
    assert found["kappa"] == pytest.approx(0.676, abs=5e-4)
    assert found["kappa_std_error"] == pytest.approx(0.088, abs=5e-4)


def test_cohen_kappa_of_a_rater_who_guesses_is_nothing_though_nearly_all_agree():
    pairs = [("n", "n")] * 9604 + [("n", "y")] * 196 + [("y", "n")] * 196 + [("y", "y")] * 4
    first, second = zip(*pairs, strict=True)
    found = one(macro("cohen_kappa", "given", "first", "second"), {"first": first, "second": second}, PAIRS)
    assert found["agreed_count"] / found["pair_count"] > 0.96
    assert found["kappa"] == pytest.approx(0, abs=1e-12)


RATED = {"item": "bigint", "rater": "bigint", "value": "double"}


def rated(table: Sequence[Sequence[float | None]]) -> dict[str, list[Any]]:
    """A table of raters by items as one row per label."""
    cells = [(i, r, v) for r, row in enumerate(table) for i, v in enumerate(row) if v is not None]
    return {name: [cell[n] for cell in cells] for n, name in enumerate(RATED)}


@quick
@given(
    st.integers(2, 5).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 3), min_size=n, max_size=n), min_size=1, max_size=25)
    )
)
def test_fleiss_kappa_equals_statsmodels(items):
    found = one(macro("fleiss_kappa", "given", "item", "value"), rated(list(zip(*items, strict=True))), RATED)
    counts, _ = aggregate_raters(np.array(items))
    assert found["item_count"] == len(items) and found["rating_count"] == len(items) * len(items[0])
    if counts.shape[1] == 1:
        assert found["kappa"] is None
    else:
        assert found["kappa"] == pytest.approx(fleiss_kappa(counts), abs=CLOSE)


def test_fleiss_kappa_of_fleiss_diagnoses_is_the_printed_one():
    # Fleiss 1971, table 1: 30 patients, six raters, five diagnoses: κ = 0.430.
    table = (
        "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 00501 "
        "30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
    )
    counts = [[int(n) for n in row] for row in table.split()]
    items = [[label for label, n in enumerate(row) for _ in range(n)] for row in counts]
    assert all(len(item) == 6 for item in items) and len(items) == 30
    found = one(macro("fleiss_kappa", "given", "item", "value"), rated(list(zip(*items, strict=True))), RATED)
    assert found["kappa"] == pytest.approx(0.430, abs=5e-4)


def test_fleiss_kappa_is_unknown_when_items_have_unequal_numbers_of_labels():
    found = one(macro("fleiss_kappa", "given", "item", "value"), rated([[1, 2], [1, 2], [1, None]]), RATED)
    assert found["kappa"] is None


@quick
@given(
    st.sampled_from(["nominal", "ordinal", "interval"]),
    st.integers(2, 5).flatmap(
        lambda n: st.lists(
            st.lists(st.none() | st.integers(-2, 3), min_size=n, max_size=n), min_size=1, max_size=25
        )
    ),
)
def test_krippendorff_alpha_equals_the_reference_with_missing_cells(level, items):
    table = list(zip(*items, strict=True))
    found = rows(macro("krippendorff_alpha", "given", "item", "value", level), rated(table), RATED)
    data = np.array([[np.nan if v is None else v for v in row] for row in table], dtype=float)
    pairable = data[:, (~np.isnan(data)).sum(axis=0) > 1]
    if np.isnan(pairable).all() or not pairable.size:
        assert found == []
    elif len(np.unique(pairable[~np.isnan(pairable)])) == 1:
        assert found[0]["alpha"] is None
    else:
        assert found[0]["alpha"] == pytest.approx(
            krippendorff.alpha(reliability_data=pairable, level_of_measurement=level), abs=CLOSE
        )
        assert found[0]["item_count"] == pairable.shape[1]


def test_krippendorff_alpha_of_his_own_example_is_the_printed_one():
    # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C: four observers.
    _ = None
    table = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
    for level, printed in (("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)):
        found = one(macro("krippendorff_alpha", "given", "item", "value", level), rated(table), RATED)
        assert found["alpha"] == pytest.approx(printed, abs=5e-4)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_the_standard_error_of_alpha_is_that_of_a_bootstrap_over_items(level):
    draw = np.random.default_rng(5)
    truth = draw.integers(0, 4, 250)
    table = [np.where(draw.random(250) < 0.75, truth, draw.integers(0, 4, 250)) for _ in range(3)]
    given_rows = rated([[None if draw.random() < 0.2 else int(v) for v in row] for row in table])
    found = one(macro("krippendorff_alpha", "given", "item", "value", level), given_rows, RATED)
    data = np.full((3, 250), np.nan)
    data[given_rows["rater"], given_rows["item"]] = given_rows["value"]
    again = [
        krippendorff.alpha(data[:, draw.integers(0, 250, 250)], level_of_measurement=level)
        for _ in range(400)
    ]
    assert found["alpha_std_error"] == pytest.approx(np.std(again), rel=0.15)


# Scores

SCORED = {"score": "double", "came_true": "boolean", "weight": "double"}
scored = st.lists(
    st.tuples(st.integers(0, 20).map(lambda n: n / 20), st.booleans(), st.integers(1, 9)),
    min_size=1,
    max_size=60,
)


@quick
@given(scored)
def test_average_precision_equals_scikit_learn(items):
    score, came_true, weight = zip(*items, strict=True)
    columns = {"score": score, "came_true": came_true, "weight": weight}
    plain = one(macro("average_precision", "given", "score", "came_true"), columns, SCORED)
    weighted = one(
        macro("average_precision", "given", "score", "came_true", weight="weight"), columns, SCORED
    )
    if not any(came_true):
        assert plain["average_precision"] is None and weighted["average_precision"] is None
        return
    assert plain["average_precision"] == pytest.approx(average_precision_score(came_true, score), abs=CLOSE)
    assert weighted["average_precision"] == pytest.approx(
        average_precision_score(came_true, score, sample_weight=weight), abs=CLOSE
    )


@quick
@given(scored)
def test_brier_score_equals_scikit_learn(items):
    score, came_true, weight = zip(*items, strict=True)
    columns = {"score": score, "came_true": came_true, "weight": weight}
    sql = f"select {macro('brier_score', 'score', 'came_true')} as brier from given"  # noqa: S608
    found = one(sql, columns, SCORED)
    assert found["brier"] == pytest.approx(brier_score_loss(came_true, score, pos_label=True), abs=CLOSE)


@quick
@given(st.integers(0, 2**32 - 1), st.sampled_from([12, 14, 18, 24, 48, 98]), st.booleans())
def test_calibration_error_takes_the_bins_of_scikit_learn(seed, n, has_ties):
    # n − 1 shares no divisor with ten, so that no edge falls on a score and rounding cannot move one.
    draw = np.random.default_rng(seed)
    score = np.round(draw.random(n), 1) if has_ties else draw.random(n)
    came_true = draw.random(n) < score
    columns = {"score": score.tolist(), "came_true": came_true.tolist(), "weight": [1] * n}
    found = one(macro("calibration_error", "given", "score", "came_true"), columns, SCORED)
    shares, means = calibration_curve(came_true, score, n_bins=10, strategy="quantile")
    edges = np.percentile(score, np.linspace(0, 1, 11) * 100)
    sizes = np.bincount(np.searchsorted(edges[1:-1], score), minlength=10)
    sizes = sizes[sizes > 0]
    assert found["bin_count"] == len(shares)
    assert found["calibration_error"] == pytest.approx(np.sum(sizes * np.abs(shares - means)) / n, abs=CLOSE)


def test_calibration_error_of_one_score_is_its_distance():
    columns = {"score": [0.7], "came_true": [True], "weight": [1]}
    assert one(macro("calibration_error", "given", "score", "came_true"), columns, SCORED)[
        "calibration_error"
    ] == pytest.approx(0.3)


# Samples, clusters, several tests

DRAWN = {"y": "double", "probability": "double"}


@settings(max_examples=6, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-5, 9), st.sampled_from([0.2, 0.5, 0.75, 1.0])), min_size=1, max_size=6)
)
def test_horvitz_thompson_is_right_on_average_over_every_sample_that_could_be_drawn(population):
    # Exactly, not by simulation: all 2^N samples with their probabilities.
    sql = macro("horvitz_thompson", "given", "y", "p", by=["sample"])
    members, chances = [], {}
    for sample in range(2 ** len(population)):
        chosen = [bool(sample >> place & 1) for place in range(len(population))]
        chances[sample] = float(
            np.prod([p if c else 1 - p for (_, p), c in zip(population, chosen, strict=True)])
        )
        members += [(sample, y, p) for (y, p), c in zip(population, chosen, strict=True) if c]
    columns = {name: [member[n] for member in members] for n, name in enumerate(("sample", "y", "p"))}
    found = {
        row["sample"]: row for row in rows(sql, columns, {"sample": "bigint", "y": "double", "p": "double"})
    }
    total = sum(y for y, _ in population)
    totals = {sample: found[sample]["total"] if sample in found else 0 for sample in chances}
    squares = {sample: found[sample]["total_std_error"] ** 2 if sample in found else 0 for sample in chances}
    mean = sum(chances[s] * totals[s] for s in chances)
    assert mean == pytest.approx(total, abs=1e-7)
    variance = sum(chances[s] * (totals[s] - total) ** 2 for s in chances)
    assert sum(chances[s] * squares[s] for s in chances) == pytest.approx(variance, abs=1e-6)


def test_horvitz_thompson_of_everybody_is_the_plain_mean_without_error():
    found = one(
        macro("horvitz_thompson", "given", "y", "probability"),
        {"y": [1, 0, 0, 1], "probability": [1] * 4},
        DRAWN,
    )
    assert (found["mean"], found["mean_std_error"], found["effective_count"]) == (0.5, 0, 4)
    assert (
        rows(macro("horvitz_thompson", "given", "y", "probability"), {"y": [], "probability": []}, DRAWN)
        == []
    )


def test_horvitz_thompson_agrees_with_a_plain_binomial_when_all_have_one_small_probability():
    columns = {"y": [1] * 30 + [0] * 970, "probability": [1e-9] * 1000}
    found = one(macro("horvitz_thompson", "given", "y", "probability"), columns, DRAWN)
    assert found["mean_std_error"] == pytest.approx(np.sqrt(0.03 * 0.97 / 1000), rel=1e-6)
    assert found["effective_count"] == pytest.approx(1000, rel=1e-6)


# Per stratum: how many there are, the chance to be drawn, and how many of them are true.
RARE = {
    "one hundred of the many are drawn": [(1000, 0.5, 100), (90_000, 0.002, 180)],
    "of the many there are none": [(1000, 0.5, 100), (90_000, 0.001, 0)],
    "strata of one or two drawn units": [(200, 0.3, 60), (300, 0.005, 90), (500, 0.01, 100)],
    "everybody of some": [(60, 1.0, 24), (400, 0.2, 40), (3000, 0.03, 120)],
}


@pytest.mark.parametrize("design", RARE)
def test_the_interval_over_the_effective_count_holds_the_truth_where_strata_are_rare(design):
    draw, worlds = np.random.default_rng(3), 300
    columns: dict[str, list[float]] = {"world": [], "stratum": [], "y": [], "probability": []}
    for stratum, (size, probability, true) in enumerate(RARE[design]):
        for value, number in ((1, true), (0, size - true)):
            drawn = draw.binomial(number, probability, worlds)
            columns["world"] += np.repeat(np.arange(worlds), drawn).tolist()
            for name, one_value in (("stratum", stratum), ("y", value), ("probability", probability)):
                columns[name] += [one_value] * int(drawn.sum())
    types = {"world": "bigint", "stratum": "bigint", "y": "double", "probability": "double"}
    found = rows(macro("horvitz_thompson", "given", "y", "probability", ["world"], "stratum"), columns, types)
    truth = sum(true for _, _, true in RARE[design]) / sum(size for size, _, _ in RARE[design])
    held = textbook = 0
    for row in found:
        counts = row["effective_count"] * row["mean"], row["effective_count"]
        low, high = proportion_confint(*counts, method="wilson")
        held += low <= truth <= high
        textbook += abs(row["mean"] - truth) <= 1.959963984540054 * row["mean_std_error"]
    assert held / len(found) >= 0.95 - 3 * (0.95 * 0.05 / worlds) ** 0.5
    assert textbook < held, "half a case more would not be needed"


def test_a_stratum_of_one_unit_with_nothing_found_adds_its_doubt():
    given = {"y": [1, 1, 0, 0, 0], "probability": [0.5, 0.5, 0.5, 0.5, 0.01], "stratum": [0, 0, 0, 0, 1]}
    types = {"y": "double", "probability": "double", "stratum": "bigint"}
    found = one(macro("horvitz_thompson", "given", "y", "probability", [], "stratum"), given, types)
    # Nine tenths of the whole rest on one unit. Written out by hand:
    shares, weights, sizes = np.array([2.5 / 5, 0.5 / 2]), np.array([2.0, 100.0]), np.array([4, 1])
    mean = (shares * weights * sizes).sum() / (weights * sizes).sum()
    parts = shares * (1 - mean) ** 2 + (1 - shares) * mean**2
    doubt = ((1 - 1 / weights) * weights**2 * sizes * parts).sum() / (weights * sizes).sum() ** 2
    assert found["effective_count"] == pytest.approx(mean * (1 - mean) / doubt, abs=CLOSE)
    assert found["effective_count"] < 1.5


@quick
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(-3, 3)), min_size=2, max_size=60))
def test_the_clustered_mean_equals_statsmodels(items):
    cluster, value = zip(*items, strict=True)
    types = {"cluster": "bigint", "value": "double"}
    found = one(
        macro("clustered_mean", "given", "value", "cluster"), {"cluster": cluster, "value": value}, types
    )
    assert found["mean"] == pytest.approx(np.mean(value), abs=CLOSE)
    if len(set(cluster)) == 1:
        assert found["std_error"] is None
        return
    fitted = OLS(np.array(value, dtype=float), np.ones(len(value))).fit(
        cov_type="cluster", cov_kwds={"groups": np.array(cluster)}
    )
    assert found["std_error"] == pytest.approx(fitted.bse[0], abs=CLOSE)


@quick
@given(st.lists(st.integers(0, 1000).map(lambda n: n / 1000), min_size=1, max_size=30))
def test_holm_equals_statsmodels(p_values):
    found = rows(macro("holm", "given", "p"), {"p": p_values}, {"p": "double"})
    reference = multipletests(p_values, method="holm")[1]
    assert sorted(row["holm_p_value"] for row in found) == pytest.approx(sorted(reference), abs=CLOSE)


def test_holm_of_the_textbook_case_and_of_a_test_without_a_result():
    # Holm's procedure in Wright, Biometrics 48 (1992): p = 0.01, 0.02, 0.03 of three.
    found = rows(macro("holm", "given", "p"), {"p": [0.02, None, 0.01, 0.03]}, {"p": "double"})
    assert {row["p"]: row["holm_p_value"] for row in found} == {
        0.01: pytest.approx(0.03), 0.02: pytest.approx(0.04), 0.03: pytest.approx(0.04), None: None
    }  # fmt: skip


# Drift and shrinkage

BINS = {"before": "bigint", "after": "bigint"}


@quick
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=20))
def test_the_p_value_of_drift_is_scipys_chi_square_tail(bins):
    before, after = zip(*bins, strict=True)
    found = one(
        macro("population_stability", "given", "before", "after"), {"before": before, "after": after}, BINS
    )
    if not sum(before) or not sum(after):
        assert found["psi_p_value"] is None
        return
    p, q = (np.array(side) + 0.5 for side in (before, after))
    p, q = p / p.sum(), q / q.sum()
    psi = entropy(q, p) + entropy(p, q)  # the index is Jeffreys' divergence
    spread = 1 / sum(before) + 1 / sum(after)
    assert found["psi"] == pytest.approx(psi, abs=CLOSE)
    assert found["psi_without_drift"] == pytest.approx(spread * (len(bins) - 1), abs=CLOSE)
    assert found["psi_p_value"] == pytest.approx(chi2.sf(psi / spread, len(bins) - 1), abs=CLOSE)


@quick
@given(st.lists(st.tuples(st.floats(0, 3000), st.integers(1, 1000)), min_size=1, max_size=30))
def test_the_chi_square_tail_equals_scipy(cases):
    value, degrees = zip(*cases, strict=True)
    sql = f"select {macro('chi_square_tail', 'v', 'd')} as tail from given"  # noqa: S608
    found = rows(sql, {"v": value, "d": degrees}, {"v": "double", "d": "bigint"})
    assert [row["tail"] for row in found] == pytest.approx(chi2.sf(value, degrees).tolist(), abs=CLOSE)


def test_without_drift_the_index_exceeds_its_limit_as_often_as_it_says():
    draw = np.random.default_rng(7)
    shares = np.full(10, 0.1)
    columns = {"run": [run for run in range(1000) for _ in range(10)], "before": [], "after": []}
    columns["before"] = draw.multinomial(400, shares, 1000).ravel().tolist()
    columns["after"] = draw.multinomial(400, shares, 1000).ravel().tolist()
    sql = macro("population_stability", "given", "before", "after", by=["run"])
    found = rows(sql, columns, {"run": "bigint", **BINS})
    assert 0.03 < np.mean([row["psi_p_value"] < 0.05 for row in found]) < 0.07
    assert np.mean([row["psi"] for row in found]) == pytest.approx(found[0]["psi_without_drift"], rel=0.05)


def test_the_beta_prior_finds_the_spread_that_is_there():
    draw = np.random.default_rng(11)
    whole = draw.integers(5, 200, 4000)
    part = draw.binomial(whole, draw.beta(3, 27, 4000))
    types = {"part": "bigint", "whole": "bigint"}
    sql = macro("beta_prior", "given", "part", "whole")
    found = one(sql, {"part": part.tolist(), "whole": whole.tolist()}, types)
    assert found["prior_mean"] == pytest.approx(0.1, abs=0.004)
    assert found["prior_count"] == pytest.approx(30, rel=0.15)

    def cost(parameters):  # scipy's likelihood, an estimator of another kind
        return -betabinom.logpmf(part, whole, *np.exp(parameters)).sum()

    alpha, beta = np.exp(minimize(cost, [0.0, 1.0], method="Nelder-Mead").x)
    assert found["prior_count"] == pytest.approx(alpha + beta, rel=0.1)


def test_units_that_differ_by_chance_alone_lean_on_all():
    types = {"part": "bigint", "whole": "bigint"}
    sql = macro("beta_prior", "given", "part", "whole")
    alike = one(sql, {"part": [10, 10, 10], "whole": [100, 100, 100]}, types)
    assert alike["prior_count"] == 300 and alike["prior_mean"] == pytest.approx(30.5 / 301)
    never = one(sql, {"part": [0, 0], "whole": [7, 9]}, types)
    assert never["prior_count"] == 16 and never["prior_mean"] == pytest.approx(0.5 / 17)
    assert rows(sql, {"part": [], "whole": []}, types) == []
