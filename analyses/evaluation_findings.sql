select
    finding_id,
    eval_id,
    severity,
    owner,
    state,
    open_days,
    opened_at,
    closed_at,
    closing_run_id,
    closing_gate
from {{ ref("eval_finding_states") }}
where not $open_only or is_open
order by is_open desc, open_days desc, finding_id
limit $limit
