"""Questions that compute a statistic of their own, against scipy, statsmodels, scikit-learn and networkx."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import networkx
import numpy
import pytest
from scipy.stats import binomtest, chi2, percentileofscore, rankdata
from sklearn.metrics import precision_score, recall_score
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from scaup import warehouse
from scaup.home import find_project

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
LAST = date(2026, 5, 25)


def question(name: str) -> str:
    """A question's SQL with each ref as the bare name of its model."""
    text = (find_project() / "analyses" / f"{name}.sql").read_text(encoding="utf-8")
    return re.sub(r'\{\{ ref\("(\w+)"\) \}\}', r"\1", text)


def asked(connection: Any, name: str, **values: object) -> list[dict[str, Any]]:
    result = warehouse.execute(connection, question(name), values)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


# ---- emerging patterns -----------------------------------------------------------------------


def weeks_of(counts: dict[str, list[int]], active: list[int]) -> Any:
    """A table of patterns: accounts per week, the last week last."""
    connection = warehouse.connect()
    connection.execute(
        "create table feat_pattern_weeks (week_starts_on date, surface varchar, pattern_type varchar, "
        "pattern varchar, account_count bigint, request_count bigint, active_account_count bigint)"
    )
    rows = [
        (LAST - timedelta(days=7 * (len(active) - 1 - week)), "chat", "label", name, k, k, active[week])
        for name, weekly in counts.items()
        for week, k in enumerate(weekly)
        if k
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(
        "insert into feat_pattern_weeks select unnest($1), unnest($2), unnest($3), unnest($4), unnest($5), "
        "unnest($6), unnest($7)",
        columns,
    )
    return connection


def emerging(connection: Any, fdr: float, minimum: int = 1) -> list[dict[str, Any]]:
    return asked(
        connection, "emerging_patterns", fdr=fdr, minimum_accounts=minimum, baseline_weeks=8,
        pattern_type=None, until=AS_OF + timedelta(microseconds=1), limit=10_000,
    )  # fmt: skip


def test_p_and_q_values_equal_scipy_and_statsmodels():
    draw = numpy.random.default_rng(1)
    active = [4000, 4100, 4300, 4200, 4500, 4400, 4600, 4700, 5000]
    counts = {"everybody": active}  # keeps each week's count of active accounts in the table
    for place in range(200):
        share = 10 ** draw.uniform(-3.5, -0.3)
        growth = draw.choice([1, 1, 1, 1.5, 4])
        counts[f"p{place}"] = [
            int(draw.binomial(n, min(1, share * (growth if week == 8 else 1))))
            for week, n in enumerate(active)
        ]
    counts["new"] = [0] * 8 + [12]
    found = {row["pattern"]: row for row in emerging(weeks_of(counts, active), fdr=1)}
    tested = {name: weekly for name, weekly in counts.items() if sum(weekly) >= 1}
    share = active[-1] / sum(active)
    p_values = {
        name: binomtest(weekly[-1], sum(weekly), share, alternative="greater").pvalue
        for name, weekly in tested.items()
    }
    q_values = dict(zip(p_values, multipletests(list(p_values.values()), method="fdr_bh")[1], strict=True))
    assert found and all(row["tested_count"] == len(tested) for row in found.values())
    for name, row in found.items():
        assert row["p_value"] == pytest.approx(p_values[name], rel=1e-8, abs=1e-14), name
        assert row["q_value"] == pytest.approx(q_values[name], rel=1e-8, abs=1e-14), name
    grown = {name for name, weekly in tested.items() if weekly[-1] > sum(weekly) * share}
    assert grown == set(found)
    assert found["new"]["is_first_seen"] and found["new"]["lift"] is None


def test_a_planted_pattern_of_one_in_a_thousand_is_found_and_chance_is_not():
    """A thousand patterns that do not change, one that grows to 0.1 % of 20,000 accounts in a week."""
    draw = numpy.random.default_rng(2)
    active = [20_000] * 9
    found_planted, false = 0, 0
    for _ in range(3):
        counts = {"everybody": active}
        for place in range(1000):
            share = 10 ** draw.uniform(-3.5, -1)
            counts[f"p{place}"] = [int(draw.binomial(20_000, share)) for _ in range(9)]
        counts["planted"] = [2] * 8 + [20]
        rows = emerging(weeks_of(counts, active), fdr=0.05, minimum=10)
        found_planted += any(row["pattern"] == "planted" for row in rows)
        false += any(row["pattern"] != "planted" for row in rows)
    assert found_planted == 3
    assert false <= 1, "with one true discovery, a false one beside it is seldom"


# ---- the score's threshold and drift ---------------------------------------------------------


def test_a_sweep_equals_weighted_precision_and_recall_of_scikit_learn():
    draw = numpy.random.default_rng(3)
    size = 900
    scores = draw.beta(0.6, 1.5, size)
    truth = draw.random(size) < scores
    settled = draw.random(size) < 0.1 + 0.6 * scores
    bins = numpy.minimum(numpy.floor(scores * 10), 9).astype(int)
    weights = numpy.array([(bins == b).sum() / max(1, (settled & (bins == b)).sum()) for b in bins]) * settled
    connection = warehouse.connect()
    connection.execute(
        "create table score_outcomes (classifier_id varchar, score double, score_bin bigint, label varchar, "
        "is_settled boolean, review_weight double)"
    )
    connection.executemany(
        "insert into score_outcomes values ('c', ?, ?, ?, ?, ?)",
        [
            (
                float(s),
                int(b),
                ("violating" if t else "benign") if k else None,
                bool(k),
                float(w) if k else None,
            )
            for s, b, t, k, w in zip(scores, bins, truth, settled, weights, strict=True)
        ],
    )
    rows = asked(connection, "threshold_sweep", classifier_id="c", positive_label="violating", limit=100)
    assert len(rows) == 19
    for row in rows:
        flagged = scores >= row["threshold"]
        kept = settled.nonzero()[0]
        given = {"sample_weight": weights[kept]}
        assert row["precision"] == pytest.approx(
            precision_score(truth[kept], flagged[kept], **given), abs=1e-7
        )
        assert row["recall"] == pytest.approx(recall_score(truth[kept], flagged[kept], **given), abs=1e-7)
        used = weights[flagged & settled]
        effective = used.sum() ** 2 / (used**2).sum()
        low, high = proportion_confint(row["precision"] * effective, effective, method="wilson")
        assert (row["precision_low"], row["precision_high"]) == pytest.approx((low, high), abs=1e-6)
        assert row["flagged_count"] == flagged.sum() and row["settled_count"] == (flagged & settled).sum()


def drift_of(before: Any, now: Any) -> list[dict[str, Any]]:
    connection = warehouse.connect()
    others = ["minor_indicator", "sexualisation", "recruitment", "harassment", "victim_or_helper",
              "reasoning_elicitation"]  # fmt: skip
    connection.execute(
        "create table int_request_scores as select timestamptz '2026-05-01' as occurred_at, "
        "unnest($before) as threat_score union all select timestamptz '2026-05-20', unnest($now)",
        {"before": before.tolist(), "now": now.tolist()},
    )
    for name in others:
        connection.execute(f"alter table int_request_scores add column {name}_score double")
    return asked(
        connection, "classifier_drift", classifier_id="threat", bins=10, limit=50,
        baseline_since=AS_OF - timedelta(days=92), since=AS_OF - timedelta(days=28), until=AS_OF,
    )  # fmt: skip


def test_the_index_and_its_limit_equal_numpy_and_scipy():
    draw = numpy.random.default_rng(4)
    before, now = draw.beta(2, 5, 4000), draw.beta(2, 4, 1500)
    rows = drift_of(before, now)
    p, q = (numpy.histogram(part, bins=10, range=(0, 1))[0] + 0.5 for part in (before, now))
    p, q = p / p.sum(), q / q.sum()
    assert rows[0]["psi"] == pytest.approx(((q - p) * numpy.log(q / p)).sum(), rel=1e-9)
    assert rows[0]["psi_limit"] == pytest.approx(chi2.ppf(0.95, 9) * (1 / 4000 + 1 / 1500), rel=0.005)
    assert rows[0]["has_shifted"]


def test_the_limit_knows_how_many_scores_there_are():
    """Without drift at n = 100 an index above 0.1, the usual rule of thumb, is ordinary."""
    draw = numpy.random.default_rng(5)
    found = [drift_of(draw.beta(2, 2, 400), draw.beta(2, 2, 100))[0] for _ in range(30)]
    assert sum(row["psi"] > 0.1 for row in found) > 8
    assert sum(row["has_shifted"] for row in found) <= 5


# ---- walking along links ---------------------------------------------------------------------


def test_hops_and_weakest_links_equal_networkx():
    draw = numpy.random.default_rng(6)
    graph = networkx.gnm_random_graph(60, 90, seed=6)
    for near, far in graph.edges:
        graph.edges[near, far]["bits"] = float(draw.integers(1, 40)) / 2
    connection = warehouse.connect()
    connection.execute(
        "create table int_account_neighbours (account_id varchar, linked_account_id varchar, "
        "link_types varchar[], link_bits double, same_verified_org boolean)"
    )
    name = "a{:02d}".format
    for near, far, bits in graph.edges(data="bits"):
        for one, other in ((near, far), (far, near)):
            connection.execute(
                "insert into int_account_neighbours values (?, ?, ['device'], ?, false)",
                [name(one), name(other), bits],
            )
    connection.execute(
        "create table feat_account_networks (account_id varchar, linked_account_count bigint, "
        "cluster_id varchar)"
    )
    connection.execute(
        "create table int_account_bans (account_id varchar, banned_at timestamptz, reversed_at timestamptz)"
    )
    strong = networkx.Graph(
        (near, far, {"bits": bits}) for near, far, bits in graph.edges(data="bits") if bits >= 4
    )
    strong.add_nodes_from(graph)
    rows = asked(
        connection, "linked_accounts", account_ids=[name(0), name(1)], hops=3, minimum_bits=4.0,
        maximum_accounts=1000, limit=1000,
    )  # fmt: skip
    distances = networkx.multi_source_dijkstra_path_length(strong, {0, 1}, cutoff=3, weight=None)
    expected = {name(node): hops for node, hops in distances.items() if node not in (0, 1)}
    assert {row["linked_account_id"]: row["hop_count"] for row in rows} == expected
    for row in rows:
        path = [int(node[1:]) for node in row["path"]]
        assert path[0] in (0, 1) and name(path[-1]) == row["linked_account_id"]
        assert len(path) == row["hop_count"] + 1
        assert row["path_bits"] == min(strong.edges[near, far]["bits"] for near, far in pairwise(path))
        best = max(
            min(strong.edges[near, far]["bits"] for near, far in pairwise(way))
            for source in (0, 1)
            if networkx.has_path(strong, source, path[-1])
            for way in networkx.all_simple_paths(strong, source, path[-1], cutoff=row["hop_count"])
            if len(way) == row["hop_count"] + 1
        )
        assert row["path_bits"] == best


# ---- hours together --------------------------------------------------------------------------


def test_the_correlation_of_hours_equals_numpy():
    draw = numpy.random.default_rng(7)
    hours = draw.poisson(1.2, (5, 80))
    connection = warehouse.connect()
    connection.execute(
        "create table int_account_clusters as select 'a' || range::varchar as account_id, "
        "'k' as cluster_id from range(5)"
    )
    connection.execute(
        "create table feat_account_hours (account_id varchar, activity_hour timestamptz, "
        "request_count bigint, output_tokens bigint)"
    )
    connection.executemany(
        "insert into feat_account_hours values (?, ?, ?, 0)",
        [
            (f"a{member}", AS_OF - timedelta(hours=200 - hour), int(count))
            for member, line in enumerate(hours)
            for hour, count in enumerate(line)
            if count
        ],
    )
    rows = asked(
        connection, "cluster_member_activity", cluster_id="k", since=AS_OF - timedelta(days=28), until=AS_OF,
        limit=10,
    )  # fmt: skip
    active = hours[:, hours.sum(axis=0) > 0]
    assert len(rows) == 5
    for row in rows:
        own = active[int(row["account_id"][1])]
        expected = numpy.corrcoef(own, active.sum(axis=0) - own)[0, 1]
        assert row["hour_correlation"] == pytest.approx(expected, abs=1e-12)


# ---- standing among peers --------------------------------------------------------------------

MEASURES = (
    "request_count", "output_tokens", "refused_share", "reasoning_share", "template_count",
    "top_template_share", "ip_prefix_count", "country_count", "device_count", "active_hour_count",
    "hour_entropy", "request_count_28d", "output_tokens_28d", "active_days_28d", "refused_share_28d",
    "reasoning_share_28d",
)  # fmt: skip


def test_an_account_stands_among_its_peers_where_scipy_and_numpy_put_it() -> None:
    draw = numpy.random.default_rng(11)
    size = 60
    figures = draw.integers(0, 9, (size, len(MEASURES))).astype(float) / 4
    figures[draw.random(figures.shape) < 0.2] = numpy.nan
    on_day, on_api = draw.random(size) < 0.8, draw.random(size) < 0.7
    on_day[:2], on_api[:2] = True, True
    figures[0], figures[1, :3] = 1.25, numpy.nan
    connection = warehouse.connect()
    columns = ", ".join(f"{name} double" for name in MEASURES)
    connection.execute(
        f"create table feat_peer_days (activity_date date, surface varchar, account_id varchar, {columns})"
    )
    marks = ", ".join(["?"] * (3 + len(MEASURES)))
    connection.executemany(
        f"insert into feat_peer_days values ({marks})",  # noqa: S608
        [
            (LAST if day else LAST - timedelta(days=1), "api" if api else "chat", f"a{place}",
             *(None if numpy.isnan(one) else one for one in row.tolist()))
            for place, (day, api, row) in enumerate(zip(on_day, on_api, figures, strict=True))
        ],
    )  # fmt: skip
    connection.execute(
        "create table feat_account_days as select account_id, activity_date from feat_peer_days"
    )
    connection.execute(
        "insert into feat_account_days values ('a0', date '2026-06-01'), ('a0', date '2026-01-01')"
    )
    for place in (0, 1):
        rows = asked(connection, "account_among_peers", account_id=f"a{place}", until=AS_OF, limit=50)
        assert sorted(row["measure"] for row in rows) == sorted(MEASURES)
        for row in rows:
            column = figures[on_day & on_api, MEASURES.index(row["measure"])]
            peers, own = column[~numpy.isnan(column)], figures[place, MEASURES.index(row["measure"])]
            assert (row["activity_date"], row["surface"]) == (LAST, "api")
            assert row["peer_count"] == len(peers) and row["highest"] == peers.max()
            assert [row["p50"], row["p90"], row["p99"]] == pytest.approx(
                numpy.quantile(peers, [0.5, 0.9, 0.99])
            )
            if numpy.isnan(own):
                assert (
                    row["value"] is None and row["share_at_or_below"] is None and row["rank_from_top"] is None
                )
                continue
            assert row["value"] == own
            assert row["share_at_or_below"] == pytest.approx(percentileofscore(peers, own, "weak") / 100)
            assert row["rank_from_top"] == rankdata(-peers, "min")[peers == own][0]
    assert asked(connection, "account_among_peers", account_id="nobody", until=AS_OF, limit=50) == []
