select
    appeal_id,
    action_id,
    subject_type,
    subject_id,
    action_type,
    policy_id,
    severity,
    filed_at,
    decided_at,
    turnaround_hours,
    is_turnaround_censored,
    outcome,
    is_independent,
    reinstated_at,
    reinstatement_lag_hours
from {{ ref("appeals") }}
where
    ($policy_id is null or policy_id = $policy_id)
    and ($outcome is null or outcome = $outcome)
    and filed_at >= $since
    and filed_at < $until
order by filed_at, appeal_id
limit $limit
