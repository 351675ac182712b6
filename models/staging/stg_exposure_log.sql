select exposure_id, reviewer_id, occurred_at, severity, seconds, blurred, recorded_at, source_system
from {{ source("raw", "exposure_log") }}
