select
    version_id,
    server_id,
    description_hash,
    tools_hash,
    occurred_at,
    reviewed_at,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "mcp_versions"), ["version_id"]) }}
