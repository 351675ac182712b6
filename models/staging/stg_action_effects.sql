select action_id, surface, applied_at, failed_reason, recorded_at, source_system
from {{ source("raw", "action_effects") }}
qualify {{ latest_record(["action_id", "surface"]) }}
