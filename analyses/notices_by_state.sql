select
    state,
    sender_tier,
    count(*) as notice_count,
    sum(target_count)::bigint as target_count,
    min(received_at) as oldest_received_at,
    quantile_cont(decision_hours, 0.5) as median_decision_hours
from {{ ref("notice_states") }}
where received_at >= $since and received_at < $until
group by state, sender_tier
order by state, sender_tier
limit $limit
