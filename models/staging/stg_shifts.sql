select
    reviewer_id,
    shift_starts_at,
    shift_ends_at,
    scheduled_minutes,
    worked_minutes,
    wellness_minutes,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "shifts"), ["reviewer_id", "shift_starts_at"]) }}
