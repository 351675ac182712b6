select action_id, surface, applied_at, failed_reason, recorded_at, source_system
from {{ latest_records(source("raw", "action_effects"), ["action_id", "surface"]) }}
