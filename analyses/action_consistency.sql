select
    policy_id,
    severity,
    prior_strikes,
    action_count,
    surface_count,
    surface,
    other_surface,
    consistency_gap,
    consistency_gap_low,
    consistency_gap_high,
    chance_p95,
    is_beyond_chance
from {{ ref("consistency_gaps") }}
where ($policy_id is null or policy_id = $policy_id) and action_count >= $minimum_actions
order by is_beyond_chance desc, consistency_gap desc, policy_id, severity, prior_strikes
limit $limit
