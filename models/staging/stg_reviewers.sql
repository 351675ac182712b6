select
    reviewer_id,
    vendor_id,
    role,
    languages,
    child_safety_cleared,
    start_day,
    end_day,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "reviewers"), ["reviewer_id"]) }}
