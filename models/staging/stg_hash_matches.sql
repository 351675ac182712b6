select
    match_id,
    content_id,
    list_id,
    entry_id,
    distance,
    occurred_at,
    verified_by,
    feedback,
    feedback_at,
    recorded_at,
    source_system
from {{ source("raw", "hash_matches") }}
