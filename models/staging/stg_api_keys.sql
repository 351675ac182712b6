select api_key_id, org_id, created_by, created_at, revoked_at, recorded_at, source_system
from {{ latest_records(source("raw", "api_keys"), ["api_key_id"]) }}
