select
    notice_id,
    content_id,
    decision,
    decided_at,
    reason,
    actioned_at,
    restored_at,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "notice_targets"), ["notice_id", "content_id"]) }}
