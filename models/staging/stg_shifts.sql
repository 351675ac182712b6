select
    reviewer_id,
    shift_starts_at,
    shift_ends_at,
    scheduled_minutes,
    worked_minutes,
    wellness_minutes,
    recorded_at,
    source_system
from {{ source("raw", "shifts") }}
qualify {{ latest_record(["reviewer_id", "shift_starts_at"]) }}
