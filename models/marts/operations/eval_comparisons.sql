with

    pairs as (
        select
            eval_runs.run_id,
            eval_runs.baseline_run_id,
            here.cluster_id,
            here.passed_part - there.passed_part as change,
            here.passed_part < there.passed_part as is_lost,
            here.passed_part > there.passed_part as is_gained
        from {{ ref("stg_eval_runs") }} as eval_runs
        inner join {{ ref("eval_answers") }} as here on eval_runs.run_id = here.run_id
        inner join
            {{ ref("eval_answers") }} as there
            on eval_runs.baseline_run_id = there.run_id
            and here.item_id = there.item_id
            and here.eval_id = there.eval_id
    ),

    changes as (
        {{ clustered_mean("pairs", "change", "cluster_id", by=["run_id", "baseline_run_id"]) }}
    ),

    counts as (
        select
            run_id,
            count(*) filter (where is_lost) as lost_count,
            count(*) filter (where is_gained) as gained_count
        from pairs
        group by run_id
    ),

    tested as (
        select
            changes.*,
            results.eval_id,
            results.suite_id,
            results.model_version,
            evals.max_loss,
            changes.cluster_count - 1 as degrees,
            case
                when std_error > 0
                then {{ student_tail("mean / std_error", "degrees") }}
                -- All clusters changed alike: so often do as many coins fall on one side.
                when degrees > 0
                then case when mean = 0 then 1 else 0.5::double ^ degrees end
            end as p_value,
            {{ student_quantile(0.025, "degrees") }} as two_sided,
            {{ student_quantile(0.05, "degrees") }} as one_sided
        from changes
        inner join {{ ref("eval_run_results") }} as results using (run_id)
        left join
            {{ ref("stg_evals") }} as evals
            on results.eval_id = evals.eval_id
            and results.eval_version = evals.version
    ),

    -- A suite is many chances to find something: corrected over the evaluations of one model.
    corrected as ({{ holm("tested", "p_value", by=["suite_id", "model_version"]) }}),

    powered as (
        select
            *,
            {{ student_tail("max_loss / nullif(std_error, 0) - two_sided", "degrees") }}
            / 2 as beyond_part
        from corrected
    )

select
    run_id,
    baseline_run_id,
    eval_id,
    suite_id,
    model_version,
    item_count as pair_count,
    cluster_count,
    counts.lost_count,
    counts.gained_count,
    mean as pass_change,
    std_error as pass_change_std_error,
    mean - two_sided * std_error as pass_change_low,
    mean + two_sided * std_error as pass_change_high,
    -- One-sided, 95 %: the loss may be as large as this.
    one_sided * std_error - mean as loss_at_most,
    p_value,
    holm_p_value,
    max_loss,
    -- How likely a loss of exactly `max_loss` would have shown as one, two-sided at 5 %.
    case when max_loss / std_error >= two_sided then 1 - beyond_part else beyond_part end as power,
    -- The loss that would show in four of five repetitions.
    case
        when std_error > 0 then (two_sided + 0.8416212335729143) * std_error
    end as detectable_loss,
    coalesce(holm_p_value < 0.05 and mean < 0, false) as is_regression
from powered
inner join counts using (run_id)
order by eval_id, model_version, run_id
