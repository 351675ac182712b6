select
    queue_id,
    task_count,
    decided_count,
    open_count,
    turnaround_p50_hours,
    turnaround_p95_hours,
    turnaround_p95_hours_low,
    turnaround_p95_hours_high,
    handle_mean_seconds,
    handle_p90_seconds,
    escalated_share,
    skipped_share,
    duplicate_share
from {{ ref("queue_performance") }}
where period = $period
order by queue_id
limit $limit
