select list_id, entry_id, type, value, opinion, status, tags, updated_at, recorded_at, source_system
from {{ source("raw", "hash_entries") }}
qualify {{ latest_record(["list_id", "entry_id"]) }}
