{# A run with more errors than this share says nothing about the model. #}
{% set max_error_share = 0.05 %}

with

    answers as (select * from {{ ref("eval_answers") }}),

    clustered as ({{ clustered_mean("answers", "passed_part", "cluster_id", by=["run_id"]) }}),

    counts as (
        select
            run_id,
            sum(epoch_count)::bigint as result_count,
            sum(error_count)::bigint as error_count,
            sum(passed_part::decimal(38, 12))::double as passed_count
        from answers
        group by run_id
    ),

    -- As many independent items as would be as sure; never more than there are. Where all pass, or
    -- none, clusters show no spread, and each counts once.
    sized as (
        select
            clustered.*,
            case
                when std_error > 0
                then least(item_count, mean * (1 - mean) / std_error ^ 2)
                else cluster_count
            end as effective_count
        from clustered
    )

select
    eval_runs.run_id,
    eval_runs.eval_id,
    eval_runs.eval_version,
    evals.suite_id,
    evals.policy_id,
    eval_runs.model_version,
    eval_runs.baseline_run_id,
    eval_runs.started_at,
    eval_runs.status,
    counts.result_count,
    counts.error_count,
    {{ share("counts.error_count", "counts.result_count") }} as error_share,
    coalesce(
        eval_runs.status = 'complete'
        and {{ share("counts.error_count", "counts.result_count") }} <= {{ max_error_share }},
        false
    ) as is_valid,
    sized.item_count,
    sized.cluster_count,
    counts.passed_count,
    sized.mean as pass_rate,
    sized.std_error as pass_rate_std_error,
    {{ wilson_low("sized.mean * sized.effective_count", "sized.effective_count") }}
    as pass_rate_low,
    {{ wilson_high("sized.mean * sized.effective_count", "sized.effective_count") }}
    as pass_rate_high,
    -- One-sided, 95 %: what a gate holds against its floor.
    {{ wilson_low("sized.mean * sized.effective_count", "sized.effective_count", 1.6448536269514722) }}
    as pass_rate_at_least,
    case
        when sized.mean = 1 then least(1, 3 / sized.effective_count::double)
    end as failures_at_most,
    sized.effective_count
from {{ ref("stg_eval_runs") }} as eval_runs
left join
    {{ ref("stg_evals") }} as evals
    on eval_runs.eval_id = evals.eval_id
    and eval_runs.eval_version = evals.version
left join counts using (run_id)
left join sized using (run_id)
order by eval_runs.eval_id, eval_runs.started_at, eval_runs.run_id
