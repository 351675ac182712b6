select
    eval_results.run_id,
    eval_results.item_id,
    eval_runs.eval_id,
    eval_runs.model_version,
    -- An item without a cluster is a cluster of its own.
    coalesce(any_value(eval_items.cluster_id), eval_results.item_id) as cluster_id,
    any_value(eval_items.language) as language,
    any_value(eval_items.stratum) as stratum,
    count(*) as epoch_count,
    count(*) filter (
        where eval_results.error is not null or eval_results.passed is null
    ) as error_count,
    {{ share("count(*) filter (where eval_results.passed and eval_results.error is null)", "count(*) filter (where eval_results.passed is not null and eval_results.error is null)") }}
    as passed_part
from {{ ref("stg_eval_results") }} as eval_results
inner join {{ ref("stg_eval_runs") }} as eval_runs using (run_id)
left join
    {{ ref("stg_eval_items") }} as eval_items
    on eval_runs.eval_id = eval_items.eval_id
    and eval_results.item_id = eval_items.item_id
group by eval_results.run_id, eval_results.item_id, eval_runs.eval_id, eval_runs.model_version
order by eval_results.run_id, eval_results.item_id
