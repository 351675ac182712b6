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
from {{ source("raw", "notice_targets") }}
qualify {{ latest_record(["notice_id", "content_id"]) }}
