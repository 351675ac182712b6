select
    version_id,
    server_id,
    description_hash,
    tools_hash,
    occurred_at,
    reviewed_at,
    recorded_at,
    source_system
from {{ source("raw", "mcp_versions") }}
qualify {{ latest_record(["version_id"]) }}
