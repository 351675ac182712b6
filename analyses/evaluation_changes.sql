select
    model_version,
    eval_id,
    pair_count,
    lost_count,
    gained_count,
    pass_change,
    pass_change_low,
    pass_change_high,
    holm_p_value,
    power,
    detectable_loss,
    is_regression,
    run_id,
    baseline_run_id
from {{ ref("eval_comparisons") }}
where $model_version is null or model_version = $model_version
order by is_regression desc, pass_change, run_id
limit $limit
