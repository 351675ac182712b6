select
    count(*) as action_count,
    count(distinct subject_id) filter (where subject_type = 'account') as actioned_account_count,
    count(distinct subject_id) filter (
        where subject_type = 'account' and is_terminal
    ) as terminated_account_count,
    count(*) filter (where is_in_force) as in_force_count,
    count(*) filter (where is_reversed_same_day) as reversed_same_day_count,
    count(*) filter (where failed_surface_count > 0) as failed_somewhere_count,
    count(*) filter (where stops_service and subject_type = 'account') as service_stopped_count,
    count(*) filter (where served_after_count > 0) as served_after_action_count,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from {{ ref("actions") }}
where
    not is_reversal
    and occurred_at >= $since
    and occurred_at < $until
    and ($policy_id is null or policy_id = $policy_id)
having count(*) > 0
order by action_count
limit $limit
