select
    policy_id,
    severity,
    prior_strikes,
    surface,
    action_type,
    occurred_at,
    action_id,
    account_id,
    decision_mode,
    reviewer_id
from {{ ref("consistency_cells") }}
where
    ($policy_id is null or policy_id = $policy_id)
    and ($severity is null or severity = $severity)
    and ($prior_strikes is null or prior_strikes = $prior_strikes)
    and occurred_at >= $since
    and occurred_at < $until
order by policy_id, severity, prior_strikes, action_type, surface, occurred_at, action_id
limit $limit
