select server_id, publisher_id, listed, listed_at, delisted_at, recorded_at, source_system
from {{ source("raw", "mcp_servers") }}
qualify {{ latest_record(["server_id"]) }}
