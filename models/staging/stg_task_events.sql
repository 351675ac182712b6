select
    task_id, seq, event, occurred_at, actor_id, active_seconds, reason, recorded_at, source_system
from {{ source("raw", "task_events") }}
