select
    check_id,
    notice_id,
    content_id,
    drawn_at,
    inclusion_prob,
    qa_label,
    reviewer_id,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "target_checks"), ["check_id"]) }}
