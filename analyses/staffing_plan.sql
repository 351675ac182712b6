select
    queue_id,
    week_starts_on,
    arrivals,
    backlog_to_burn,
    required_hours,
    required_fte,
    required_fte_low,
    required_fte_high
from {{ ref("capacity_plan") }}
order by queue_id, week_starts_on
limit $limit
