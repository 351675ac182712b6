select
    version_id,
    day,
    calls,
    accounts,
    cross_server_calls,
    extraneous_fields,
    error_rate,
    recorded_at,
    source_system
from {{ source("raw", "mcp_calls_daily") }}
