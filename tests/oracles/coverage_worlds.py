"""Light worlds whose truth is known, and how often the marts' intervals cover it.

Many worlds go through the marts' own SQL at once: what a mart groups by (a queue, a policy, a week, a link
strength) is here the number of a world. Everything open at the end is censored, as in a snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
from model_sql import macros, model_sql
from scipy.stats import lognorm

from scaup import warehouse
from scaup.home import find_project

DAYS = 30  # a world lasts so long, then a snapshot is taken
HOURS = 3600 * 10**6


@dataclass(frozen=True)
class Coverage:
    """Of so many worlds: the truth, the mean estimate, and the share of intervals that hold the truth.

    `naive_mean` and `naive_covered` are those of the figure that is often published instead.
    """

    measure: str
    worlds: int
    truth: float
    mean: float
    covered: float
    naive: str
    naive_mean: float
    naive_covered: float


def _connection() -> duckdb.DuckDBPyConnection:
    connection = warehouse.connect(threads=1)
    project = find_project()
    for seed in ("task_states", "pause_reasons"):
        connection.execute(
            f"create table {seed} as from read_csv($path, header = true)",
            {"path": str(project / "seeds" / f"{seed}.csv")},
        )
        connection.execute(f"alter table {seed} alter valid_to type date")
    connection.execute(
        "create table int_snapshot_clock as select make_timestamptz($end::bigint) as as_of",
        {"end": DAYS * 24 * HOURS},
    )
    return connection


def _table(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame) -> None:
    """A table of the frame's rows; columns that end in `_at` are microseconds and become moments."""
    connection.register("frame", frame)
    columns = ", ".join(
        f"make_timestamptz({column}::bigint) as {column}" if column.endswith("_at") else column
        for column in frame.columns
    )
    connection.execute(f"create table {name} as select {columns} from frame")  # noqa: S608
    connection.unregister("frame")


def _model(connection: duckdb.DuckDBPyConnection, path: str) -> None:
    connection.execute(f"create table {path.split('/')[-1]} as {model_sql(path)}")


def _hold(low: pd.Series, high: pd.Series, truth: float) -> float:
    """The share of intervals that hold the truth; an end that is unknown is taken to be far away."""
    return float(((low.fillna(-np.inf) <= truth) & (truth <= high.fillna(np.inf))).mean())


def review_coverage(worlds: int, seed: int, tasks: int = 1200) -> list[Coverage]:
    """Turnaround p95 (hours) and attainment of 24 h, from task events, against a lognormal wait."""
    draw = np.random.default_rng(seed)
    waits = lognorm(s=1.3, scale=10)
    world = np.repeat(np.arange(worlds), tasks)
    created = draw.integers(0, DAYS * 24 * HOURS, world.size)
    decided = created + (waits.rvs(world.size, random_state=draw) * HOURS).astype("int64")
    seen = decided < DAYS * 24 * HOURS
    task_id = np.char.add("t", np.arange(world.size).astype(str))
    connection = _connection()
    _table(
        connection,
        "stg_review_tasks",
        pd.DataFrame(
            {
                "task_id": task_id,
                "queue_id": world.astype(str),
                "created_at": created,
                "due_at": created + 24 * HOURS,
            }
        ).assign(
            source="signal", subject_type="account", subject_id=task_id, severity="S2",
            suspected_policy="spam", sla_policy_id="S2", is_golden=False,
        ),
    )  # fmt: skip
    connection.execute(
        "alter table stg_review_tasks add column qa_of_task_id varchar; "
        "alter table stg_review_tasks add column inclusion_prob double"
    )
    events = pd.DataFrame({"task_id": task_id[seen], "seq": 1, "occurred_at": decided[seen]})
    _table(connection, "stg_task_events", events.assign(event="decided", actor_id="r1", active_seconds=60.0))
    connection.execute("alter table stg_task_events add column reason varchar")
    for name, columns in {
        "stg_review_decisions": "'' as task_id, '' as decision_id, '' as label, '' as reviewer_id, "
        "now() as occurred_at",
        "stg_reviewers": "'' as reviewer_id, '' as vendor_id",
        "stg_vendor_terms": "'' as vendor_id, '' as metric, 0.0 as target, current_date as valid_from",
    }.items():
        connection.execute(f"create table {name} as select {columns} limit 0")
    for model in ("review_work", "review_spells", "sla_attainment", "queue_performance"):
        _model(connection, f"marts/operations/{model}")
    turnaround = connection.sql("select * from queue_performance where period = 'all'").df()
    due = connection.sql(
        "select queue_id, sum(met_count)::bigint as met, sum(due_count)::bigint as due "
        "from sla_attainment group by queue_id"
    ).df()
    closed = connection.sql(
        "select queue_id, quantile_cont(turnaround_hours, 0.95) as p95, "
        "avg((turnaround_hours <= 24)::integer) as in_time, count(*) as n "
        "from review_work where not is_turnaround_censored group by queue_id"
    ).df()
    connection.execute("create table closed as from review_work where not is_turnaround_censored")
    closed_ends = _quantile_ends(connection)
    p95, in_time = float(waits.ppf(0.95)), float(waits.cdf(24))
    low, high = _wilson(due["met"], due["due"])
    naive_low, naive_high = _wilson((closed["in_time"] * closed["n"]).round(), closed["n"])
    return [
        Coverage(
            "turnaround p95, hours", worlds, p95, float(turnaround["turnaround_p95_hours"].mean()),
            _hold(turnaround["turnaround_p95_hours_low"], turnaround["turnaround_p95_hours_high"], p95),
            "p95 of closed tasks", float(closed["p95"].mean()), _hold(*closed_ends, p95),
        ),
        Coverage(
            "attainment of 24 h", worlds, in_time, float((due["met"] / due["due"]).mean()),
            _hold(low, high, in_time),
            "closed tasks in time", float(closed["in_time"].mean()), _hold(naive_low, naive_high, in_time),
        ),
    ]  # fmt: skip


def _quantile_ends(connection: duckdb.DuckDBPyConnection) -> tuple[pd.Series, pd.Series]:
    """The binomial 95 % interval of the p95 of closed tasks, of somebody who forgets the open ones."""
    found = connection.sql(
        "with waits as (select queue_id, list(turnaround_hours order by turnaround_hours) as w "
        "from closed group by queue_id), ends as (select queue_id, w, "
        "1.96 * sqrt(0.95 * 0.05 * len(w)) as reach from waits) "
        "select w[greatest(1, floor(0.95 * len(w) - reach))::bigint] as low, "
        "w[ceil(0.95 * len(w) + reach)::bigint + 1] as high from ends order by queue_id"
    ).df()
    return found["low"], found["high"]


def _wilson(part: pd.Series, whole: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The macros' interval of each pair, by their own SQL."""
    connection = warehouse.connect(threads=1)
    connection.register("frame", pd.DataFrame({"part": part.astype("int64"), "whole": whole.astype("int64")}))
    low, high = (macros()[f"wilson_{end}"]("part", "whole") for end in ("low", "high"))
    found = connection.sql(f"select {low} as low, {high} as high from frame").df()  # noqa: S608
    return found["low"], found["high"]


def appeal_coverage(worlds: int, seed: int, actions: int = 400) -> list[Coverage]:
    """Appeal rate within a month of the action, and overturn rate of the decided ones."""
    draw = np.random.default_rng(seed)
    world = np.repeat(np.arange(worlds), actions)
    # Actions of two months, of which the second is not mature: many of its appeals are yet to come.
    end = DAYS * 24 * HOURS
    acted = draw.integers(-DAYS * 24 * HOURS, end, world.size)
    action_id = np.char.add("a", np.arange(world.size).astype(str))
    is_appealed = draw.random(world.size) < 0.2
    filed = acted + (draw.random(world.size) * DAYS * 24 * HOURS).astype("int64")
    decided = filed + (draw.exponential(8, world.size) * 24 * HOURS).astype("int64")
    is_overturned = draw.random(world.size) < 0.3
    seen = is_appealed & (filed < end)
    is_decided = seen & (decided < end)
    connection = _connection()
    _table(
        connection,
        "actions",
        pd.DataFrame({"action_id": action_id, "policy_id": world.astype(str), "occurred_at": acted}).assign(
            is_reversal=False
        ),
    )
    _table(
        connection,
        "appeals",
        pd.DataFrame(
            {
                "action_id": action_id[seen],
                "appeal_id": action_id[seen],
                "filed_at": filed[seen],
                "is_overturned": (is_overturned & is_decided)[seen],
                "is_decided": is_decided[seen],
            }
        ),
    )
    connection.execute("alter table appeals add column decided_at timestamptz")
    connection.execute("update appeals set decided_at = filed_at where is_decided")
    _model(connection, "marts/enforcement/appeal_cohorts")
    cohorts = connection.sql(
        "select policy_id, sum(mature_appealed_count)::bigint as appealed, "
        "sum(mature_action_count)::bigint as mature, sum(appealed_count)::bigint as all_appealed, "
        "sum(action_count)::bigint as all_actions, sum(overturned_count)::bigint as overturned, "
        "sum(decided_count)::bigint as decided from appeal_cohorts group by policy_id"
    ).df()
    rate, overturn = (
        _wilson(cohorts["appealed"], cohorts["mature"]),
        _wilson(cohorts["overturned"], cohorts["decided"]),
    )
    naive = _wilson(cohorts["all_appealed"], cohorts["all_actions"])
    naive_overturn = _wilson(cohorts["overturned"], cohorts["all_appealed"])
    return [
        Coverage(
            "appeal rate", worlds, 0.2, float((cohorts["appealed"] / cohorts["mature"]).mean()),
            _hold(*rate, 0.2),
            "all actions, young ones too", float((cohorts["all_appealed"] / cohorts["all_actions"]).mean()),
            _hold(*naive, 0.2),
        ),
        Coverage(
            "overturn rate", worlds, 0.3, float((cohorts["overturned"] / cohorts["decided"]).mean()),
            _hold(*overturn, 0.3),
            "of all appeals filed", float((cohorts["overturned"] / cohorts["all_appealed"]).mean()),
            _hold(*naive_overturn, 0.3),
        ),
    ]  # fmt: skip


def recidivism_coverage(worlds: int, seed: int, entities: int = 250) -> list[Coverage]:
    """The share that returns within 30 days, with entities followed for 0 to 60 days."""
    draw = np.random.default_rng(seed)
    world = np.repeat(np.arange(worlds), entities)
    returns = draw.exponential(60, world.size)
    followed = draw.uniform(0, 60, world.size)
    connection = _connection()
    _table(
        connection,
        "entity_returns",
        pd.DataFrame(
            {
                "occurred_at": np.full(world.size, 40 * 24 * HOURS),
                "link_strength": world.astype(str),
                "outcome": "violation",
                "duration_days": np.minimum(returns, followed),
                "is_censored": returns > followed,
            }
        ),
    )
    _model(connection, "marts/enforcement/return_curves")
    curves = connection.sql(
        "select * from return_curves where horizon_days = 30 and cohort_month = '1970-01-01'"
    ).df()
    seen = connection.sql(
        "select link_strength, count(*) filter (where not is_censored and duration_days <= 30) as returned, "
        "count(*) as n from entity_returns group by link_strength"
    ).df()
    truth = float(1 - np.exp(-30 / 60))
    low, high = _wilson(seen["returned"], seen["n"])
    return [
        Coverage(
            "recidivism within 30 days", worlds, truth, float(curves["return_rate"].mean()),
            _hold(curves["return_rate_low"], curves["return_rate_high"], truth),
            "returned so far ÷ all", float((seen["returned"] / seen["n"]).mean()), _hold(low, high, truth),
        )
    ]  # fmt: skip


def prevalence_coverage(worlds: int, seed: int, population: int = 40_000) -> list[Coverage]:
    """Prevalence from a stratified sample that looks more closely where more is expected."""
    draw = np.random.default_rng(seed)
    strata = {"suspicious": (0.1, 0.05, 0.08), "ordinary": (0.9, 0.01, 0.004)}  # share, drawn, violating
    parts = []
    for name, (share, probability, violating) in strata.items():
        drawn = draw.binomial(int(population * share), probability, worlds)
        found = draw.binomial(drawn, violating)
        for count, is_violating in ((found, True), (drawn - found, False)):
            parts.append(
                pd.DataFrame(
                    {
                        "world": np.repeat(np.arange(worlds), count),
                        "stratum": name,
                        "inclusion_prob": probability,
                    }
                ).assign(label="violating" if is_violating else "benign")
            )
    sample = pd.concat(parts, ignore_index=True)
    # A world is a week of its own.
    sample["occurred_at"] = (sample["world"] * 7 + 4) * 24 * HOURS
    connection = _connection()
    _table(connection, "stg_prevalence_samples", sample.assign(surface="chat", policy_id="spam"))
    _model(connection, "marts/enforcement/prevalence_weeks")
    weeks = connection.sql("from prevalence_weeks where surface = 'all' and policy_id = 'all'").df()
    plain = sample.groupby("world")["label"].agg(lambda labels: (labels == "violating").sum())
    sizes = sample.groupby("world").size()
    truth = sum(share * violating for share, _, violating in strata.values())
    low, high = _wilson(plain, sizes)
    return [
        Coverage(
            "prevalence", worlds, truth, float(weeks["prevalence"].mean()),
            _hold(weeks["prevalence_low"], weeks["prevalence_high"], truth),
            "share of the sample, unweighted", float((plain / sizes).mean()), _hold(low, high, truth),
        )
    ]  # fmt: skip


def evaluation_coverage(worlds: int, seed: int, clusters: int = 120, wordings: int = 5) -> list[Coverage]:
    """The pass rate of a run, its change against a baseline, and how often a loss of two points is found.

    Wordings of one idea mostly stand or fall together; the second run loses two points of ninety.
    """
    draw = np.random.default_rng(seed)
    world = np.repeat(np.arange(worlds), clusters * wordings)
    cluster = np.tile(np.repeat(np.arange(clusters), wordings), worlds)
    idea = np.repeat(draw.beta(1.8, 0.2, worlds * clusters), wordings)
    lost = 0.02
    answers, runs = [], []
    for name, chance in (("before", idea), ("after", idea * (0.9 - lost) / 0.9)):
        run_id = np.char.add(f"{name} ", world.astype(str))
        answers.append(
            pd.DataFrame(
                {
                    "run_id": run_id,
                    "item_id": np.tile(np.arange(clusters * wordings), worlds).astype(str),
                    "cluster_id": cluster.astype(str),
                    "passed_part": (draw.random(world.size) < chance).astype(float),
                }
            ).assign(eval_id="e", epoch_count=1, error_count=0)
        )
        runs.append(
            pd.DataFrame(
                {
                    "run_id": np.char.add(f"{name} ", np.arange(worlds).astype(str)),
                    # A model of its own, so that Holm corrects for one test.
                    "model_version": np.arange(worlds).astype(str),
                    "baseline_run_id": np.char.add("before ", np.arange(worlds).astype(str))
                    if name == "after"
                    else None,
                }
            )
        )
    connection = _connection()
    _table(connection, "eval_answers", pd.concat(answers, ignore_index=True))
    _table(
        connection,
        "stg_eval_runs",
        pd.concat(runs, ignore_index=True).assign(
            eval_id="e", eval_version=1, started_at=0, status="complete"
        ),
    )
    connection.execute(
        "create table stg_evals as select 'e' as eval_id, 1 as version, 's' as suite_id, "
        f"'spam' as policy_id, {lost} as max_loss"
    )
    for model in ("eval_run_results", "eval_comparisons"):
        _model(connection, f"marts/operations/{model}")
    rates = connection.sql("from eval_run_results where run_id like 'before %'").df()
    changes = connection.sql("from eval_comparisons").df()
    passed = connection.sql(
        "select run_id, sum(passed_part) as k, count(*) as n from eval_answers "
        "group by run_id order by run_id"
    ).df()
    before = passed[passed["run_id"].str.startswith("before")].reset_index(drop=True)
    after = passed[passed["run_id"].str.startswith("after")].reset_index(drop=True)
    low, high = _wilson(before["k"], before["n"])
    plain = after["k"] / after["n"] - before["k"] / before["n"]
    shares = [(one["k"] / one["n"]) for one in (before, after)]
    error = np.sqrt(sum(share * (1 - share) / before["n"] for share in shares))
    stated = float(changes["power"].mean())
    return [
        Coverage(
            "evaluation pass rate", worlds, 0.9, float(rates["pass_rate"].mean()),
            _hold(rates["pass_rate_low"], rates["pass_rate_high"], 0.9),
            "every wording a voice of its own", float((before["k"] / before["n"]).mean()),
            _hold(low, high, 0.9),
        ),
        Coverage(
            "change against a baseline", worlds, -lost, float(changes["pass_change"].mean()),
            _hold(changes["pass_change_low"], changes["pass_change_high"], -lost),
            "two unpaired shares", float(plain.mean()),
            _hold(plain - 1.96 * error, plain + 1.96 * error, -lost),
        ),
        Coverage(
            "a loss of two points found", worlds, stated, stated,
            float(changes["is_regression"].mean()),
            "by the unpaired shares", stated, float((plain + 1.96 * error < 0).mean()),
        ),
    ]  # fmt: skip


def all_coverage(worlds: int, seed: int) -> list[Coverage]:
    """Every measure, each in so many worlds."""
    return [
        *review_coverage(worlds, seed),
        *appeal_coverage(worlds, seed + 1),
        *recidivism_coverage(worlds, seed + 2),
        *prevalence_coverage(worlds, seed + 3),
        *evaluation_coverage(worlds, seed + 4),
    ]
