select
    action_date,
    surface,
    policy_id,
    action_count,
    accounts_actioned,
    terminal_count,
    proactive_count,
    proactive_share,
    automated_detection_count,
    automated_fully_count,
    automated_partially_count,
    automation_share,
    reversed_count,
    reversed_same_day_count,
    reversed_on_appeal_count
from {{ ref("enforcement_daily") }}
where
    surface = $surface
    and ($policy_id is null or policy_id = $policy_id)
    and action_date >= $since
    and action_date < $until
order by action_date, policy_id
limit $limit
