select
    counter_id,
    notice_id,
    content_id,
    received_at,
    valid,
    forwarded_at,
    suit_notified_at,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "counter_notices"), ["counter_id"]) }}
