select api_key_id, org_id, created_by, created_at, revoked_at, recorded_at, source_system
from {{ source("raw", "api_keys") }}
qualify {{ latest_record(["api_key_id"]) }}
