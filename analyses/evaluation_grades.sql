select
    run_id,
    model_version,
    expected,
    label,
    label_count,
    answer_count,
    label_share,
    label_share_low,
    label_share_high
from {{ ref("eval_label_shares") }}
where $run_id is null or run_id = $run_id
order by run_id, expected, label
limit $limit
