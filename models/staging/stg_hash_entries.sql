select list_id, entry_id, type, value, opinion, status, tags, updated_at, recorded_at, source_system
from {{ latest_records(source("raw", "hash_entries"), ["list_id", "entry_id"]) }}
