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
from {{ latest_records(source("raw", "conversations"), ["conversation_id"]) }}
