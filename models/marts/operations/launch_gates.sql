with

    gates as (
        select
            results.run_id,
            results.eval_id,
            results.suite_id,
            results.policy_id,
            results.model_version,
            results.started_at,
            results.is_valid,
            evals.floor,
            results.pass_rate,
            results.pass_rate_at_least,
            {{ wilson_high("results.pass_rate * results.effective_count", "results.effective_count", 1.6448536269514722) }}
            as pass_rate_at_most,
            evals.max_loss,
            comparisons.pass_change,
            comparisons.loss_at_most,
            -- What the loss is at least, one-sided: the mirror image of its upper bound.
            -2 * comparisons.pass_change - comparisons.loss_at_most as loss_at_least,
            results.baseline_run_id is not null as has_baseline,
            row_number() over (
                partition by results.eval_id, results.model_version
                order by results.started_at desc, results.run_id desc
            )
            = 1 as is_latest
        from {{ ref("eval_run_results") }} as results
        inner join
            {{ ref("stg_evals") }} as evals
            on results.eval_id = evals.eval_id
            and results.eval_version = evals.version
        left join {{ ref("eval_comparisons") }} as comparisons using (run_id)
    ),

    judged as (
        select
            *,
            case
                when floor is null
                then 'none'
                when pass_rate_at_least >= floor
                then 'passes'
                when pass_rate_at_most < floor
                then 'fails'
                else 'cannot say'
            end as floor_gate,
            case
                when max_loss is null or not has_baseline
                then 'none'
                when loss_at_most <= max_loss
                then 'passes'
                when loss_at_least > max_loss
                then 'fails'
                else 'cannot say'
            end as loss_gate
        from gates
    )

select
    run_id,
    eval_id,
    suite_id,
    policy_id,
    model_version,
    started_at,
    is_latest,
    is_valid,
    floor,
    pass_rate_at_least,
    floor_gate,
    max_loss,
    pass_change,
    loss_at_most,
    loss_gate,
    case
        when not is_valid
        then 'invalid run'
        when floor_gate = 'none' and loss_gate = 'none'
        then 'no gate'
        when floor_gate = 'fails' or loss_gate = 'fails'
        then 'fails'
        when floor_gate = 'cannot say' or loss_gate = 'cannot say'
        then 'cannot say'
        else 'passes'
    end as gate
from judged
order by eval_id, model_version, started_at, run_id
