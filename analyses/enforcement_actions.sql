select
    occurred_at,
    action_id,
    subject_type,
    subject_id,
    action_type,
    policy_id,
    severity,
    basis,
    automated_detection,
    automated_decision,
    is_in_force,
    reversed_at,
    reversed_by,
    propagation_lag_hours,
    failed_surface_count,
    served_after_count
from {{ ref("actions") }}
where
    occurred_at >= $since
    and occurred_at < $until
    and ($subject_id is null or subject_id = $subject_id)
    and ($policy_id is null or policy_id = $policy_id)
order by occurred_at, action_id
limit $limit
