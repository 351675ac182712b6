select
    appeal_id,
    action_id,
    filed_at,
    decided_at,
    reviewer_id,
    outcome,
    reinstated_at,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "appeals"), ["appeal_id"]) }}
