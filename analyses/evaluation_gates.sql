select
    launch_gates.model_version,
    launch_gates.eval_id,
    launch_gates.gate,
    eval_run_results.pass_rate,
    eval_run_results.pass_rate_low,
    eval_run_results.pass_rate_high,
    launch_gates.pass_rate_at_least,
    launch_gates.floor,
    launch_gates.floor_gate,
    launch_gates.loss_at_most,
    launch_gates.max_loss,
    launch_gates.loss_gate,
    eval_run_results.failures_at_most,
    eval_run_results.item_count,
    eval_run_results.cluster_count,
    eval_run_results.error_share,
    launch_gates.started_at,
    launch_gates.run_id
from {{ ref("launch_gates") }} as launch_gates
inner join {{ ref("eval_run_results") }} as eval_run_results using (run_id)
where
    launch_gates.is_latest
    and ($model_version is null or launch_gates.model_version = $model_version)
    and ($suite_id is null or launch_gates.suite_id = $suite_id)
order by launch_gates.started_at desc, launch_gates.model_version, launch_gates.eval_id
limit $limit
