select
    link_strength,
    outcome,
    entity_id,
    account_id,
    policy_id,
    action_id,
    occurred_at,
    returned_account_id,
    returned_at,
    duration_days,
    is_censored
from {{ ref("entity_returns") }}
where
    link_strength = $link_strength
    and ($outcome is null or outcome = $outcome)
    and ($returned_only is null or is_censored <> $returned_only)
    and occurred_at >= $since
    and occurred_at < $until
order by outcome, duration_days, entity_id
limit $limit
