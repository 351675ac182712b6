select server_id, publisher_id, listed, listed_at, delisted_at, recorded_at, source_system
from {{ latest_records(source("raw", "mcp_servers"), ["server_id"]) }}
