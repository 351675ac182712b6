select
    day,
    queue_id,
    arrived_count,
    decided_count,
    backlog_count,
    backlog_age_p50_hours,
    backlog_age_p95_hours
from {{ ref("queue_days") }}
where day >= $since and day < $until and ($queue_id is null or queue_id = $queue_id)
order by day, queue_id
limit $limit
