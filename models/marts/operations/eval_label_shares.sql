with

    graded as (
        select eval_runs.run_id, eval_runs.model_version, eval_items.expected, eval_results.label
        from {{ ref("stg_eval_results") }} as eval_results
        inner join {{ ref("stg_eval_runs") }} as eval_runs using (run_id)
        inner join
            {{ ref("stg_eval_items") }} as eval_items
            on eval_runs.eval_id = eval_items.eval_id
            and eval_results.item_id = eval_items.item_id
        where eval_results.label is not null
    ),

    counts as (
        select run_id, model_version, expected, label, count(*) as label_count
        from graded
        group by run_id, model_version, expected, label
    ),

    totals as (
        select run_id, expected, count(*) as answer_count from graded group by run_id, expected
    )

select
    counts.run_id,
    counts.model_version,
    counts.expected,
    counts.label,
    counts.label_count,
    totals.answer_count,
    {{ share("counts.label_count", "totals.answer_count") }} as label_share,
    {{ wilson_low("counts.label_count", "totals.answer_count") }} as label_share_low,
    {{ wilson_high("counts.label_count", "totals.answer_count") }} as label_share_high
from counts
inner join
    totals on counts.run_id = totals.run_id and counts.expected is not distinct from totals.expected
order by counts.run_id, counts.expected, counts.label
