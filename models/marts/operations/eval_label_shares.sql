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
        select
            run_id,
            model_version,
            expected,
            label,
            count(*) as label_count,
            sum(label_count) over (partition by run_id, expected)::bigint as answer_count
        from graded
        group by run_id, model_version, expected, label
    )

select
    run_id,
    model_version,
    expected,
    label,
    label_count,
    answer_count,
    {{ share("label_count", "answer_count") }} as label_share,
    {{ wilson_low("label_count", "answer_count") }} as label_share_low,
    {{ wilson_high("label_count", "answer_count") }} as label_share_high
from counts
order by run_id, expected, label
