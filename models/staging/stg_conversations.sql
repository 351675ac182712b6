select
    conversation_id,
    account_id,
    surface,
    started_at,
    turns,
    retention_class,
    deleted_at,
    recorded_at,
    source_system
from {{ source("raw", "conversations") }}
qualify {{ latest_record(["conversation_id"]) }}
