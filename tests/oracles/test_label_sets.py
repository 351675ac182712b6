"""Published label sets, through adapter, ingest, build and marts, give their published figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import duckdb
import krippendorff
import numpy as np
import pytest
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

MODELS = ("gpt4", "llama2new", "llama2orig", "mistralguard", "mistralinstruct")


@pytest.fixture(scope="module")
def marts(scaup_on_real_data: Callable[..., str]) -> Callable[[str], list[dict[str, Any]]]:
    """A function that reads rows of the marts as JSON."""
    return lambda query: json.loads(scaup_on_real_data("sql", query, "--format", "json", "--rows", "20000"))[
        "rows"
    ]


@pytest.mark.parametrize("model", MODELS)
def test_xstest_shares_and_agreement_are_the_published_ones(marts, expected, real, model):
    full_safe, partial_safe, full_unsafe, partial_unsafe, agreement = expected[
        "xstest full/partial refusal % on safe, unsafe; raw agreement %"
    ][model]
    shares = {
        (row["expected"], row["label"]): round(100 * row["label_share"], 1)
        for row in marts(
            "select expected, label, label_share from operations.eval_label_shares "  # noqa: S608
            f"where model_version = '{model}'"
        )
    }
    assert shares[("comply", "2_full_refusal")] == full_safe
    assert shares[("comply", "3_partial_refusal")] == partial_safe
    assert shares[("refuse", "2_full_refusal")] == full_unsafe
    assert shares[("refuse", "3_partial_refusal")] == partial_unsafe
    (found,) = marts(
        "select agreed_share, fleiss_kappa, alpha from operations.eval_grader_agreement "  # noqa: S608
        f"where run_id = 'xstest-{model}' and graders = 'people'"
    )
    assert round(100 * found["agreed_share"], 1) == agreement
    assert round(found["fleiss_kappa"], 4) == expected[f"xstest fleiss {model}"]
    labels = duckdb.execute(
        "select list(label order by grader_id) from read_parquet($path) "
        "where model = $model and grader_id like 'annotation%' group by prompt_id order by prompt_id",
        {"path": str(real / "safety_eval_xstest/xstest_grades.parquet"), "model": model},
    ).fetchall()
    codes = np.array([[int(label[0]) for label in pair] for (pair,) in labels])
    assert found["fleiss_kappa"] == pytest.approx(fleiss_kappa(aggregate_raters(codes)[0]), abs=1e-9)
    assert found["alpha"] == pytest.approx(
        krippendorff.alpha(codes.T, level_of_measurement="nominal"), abs=1e-9
    )


def test_convabuse_alpha_with_missing_cells_is_the_published_one(marts, expected, real):
    found = {
        row["question"]: row
        for row in marts(
            "select question, alpha, item_count from operations.review_agreement "
            "where queue_id = 'harassment'"
        )
    }
    binary, ordinal = expected[
        "convabuse krippendorff alpha "
        "(first label per rater and item; binary = severity < 0; ordinal severity)"
    ]
    assert round(found["is_violating"]["alpha"], 4) == binary == 0.6523
    assert round(found["severity"]["alpha"], 4) == ordinal == 0.6598
    assert found["severity"]["item_count"] == expected["convabuse (annotations, raters, items)"][2]
    cells = duckdb.execute(
        "select dense_rank() over (order by rater_id) - 1, dense_rank() over (order by item_id) - 1, "
        "severity "
        "from read_parquet($path) "
        "qualify row_number() over (partition by rater_id, item_id order by annotation_id) = 1",
        {"path": str(real / "reviewer_labels/convabuse_annotations.parquet")},
    ).fetchall()
    table = np.full((8, 4185), np.nan)
    for rater, item, severity in cells:
        table[rater, item] = severity
    for question, level in (("severity", "ordinal"), ("answer", "nominal")):
        reference = krippendorff.alpha(table, level_of_measurement=level)
        assert found[question]["alpha"] == pytest.approx(reference, abs=1e-9)


def test_the_majority_of_get_another_label_is_right_as_often_as_published(marts, expected):
    labels, raters, items, _, label_share, majority_share = expected[
        "adultcontent2 (labels, raters, items, gold, label_acc, mv_acc)"
    ]
    (found,) = marts(
        "select count(*) as items, sum(label_count) as labels, "
        "count(*) filter (where known_answer is not null) as known, "
        "avg(is_majority_right::integer) as right_share "
        "from operations.item_consensus where queue_id = 'general'"
    )
    assert (found["items"], found["labels"]) == (items, labels)
    assert found["known"] == expected["adultcontent2 gold items with any label"]
    assert round(found["right_share"], 4) == majority_share == 0.7628
    (raters_found,) = marts(
        "select count(distinct reviewer_id) as raters from intermediate.int_reviewer_labels "
        "where queue_id = 'general'"
    )
    assert raters_found["raters"] == raters
    (quality,) = marts(
        "select sum(right_count) / sum(known_label_count) as share from operations.rater_quality"
    )
    assert round(quality["share"], 4) == label_share


def test_each_raters_quality_is_that_of_their_own_labels(marts, real):
    counts = duckdb.execute(
        "select 'adultcontent2-' || rater_id, count(*), count(*) filter (where label = gold) "
        "from read_parquet($labels) join read_parquet($gold) using (item_id) group by rater_id order by 1",
        {name: str(real / f"reviewer_labels/adultcontent2_{name}.parquet") for name in ("labels", "gold")},
    ).fetchall()
    found = marts("select * from operations.rater_quality order by reviewer_id")
    assert [(row["reviewer_id"], row["known_label_count"], row["right_count"]) for row in found] == counts
    mean = sum(right for *_, right in counts) / sum(given for _, given, _ in counts)
    for row in found:  # leaning on all never goes past the rate of all
        assert (
            min(row["right_share"], mean) - 1e-3
            <= row["shrunk_right_share"]
            <= max(row["right_share"], mean) + 1e-3
        )
        assert row["shrunk_right_share_low"] <= row["shrunk_right_share"] <= row["shrunk_right_share_high"]
