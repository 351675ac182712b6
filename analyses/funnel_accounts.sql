select
    account_id,
    furthest_stage,
    signal_id,
    first_hit_at,
    lead_task_id,
    lead_at,
    case_decision_id,
    case_decided_at,
    action_id,
    action_at,
    case_id,
    appeal_id,
    is_upheld
from {{ ref("enforcement_funnel") }}
where
    ($furthest_stage is null or furthest_stage = $furthest_stage)
    and ($signal_id is null or signal_id = $signal_id)
    and first_hit_at >= $since
    and first_hit_at < $until
order by first_hit_at, account_id
limit $limit
