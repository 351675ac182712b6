select
    occurred_at,
    server_id,
    version_id,
    is_first_version,
    description_changed,
    tools_changed,
    reviewed_at,
    calls_since,
    accounts_since,
    cross_server_calls_since,
    extraneous_fields_since,
    cross_server_share,
    extraneous_share,
    report_count
from {{ ref("feat_mcp_versions") }}
where
    ($server_id is null or server_id = $server_id)
    and occurred_at >= $since
    and occurred_at < $until
order by occurred_at, server_id, version_id
limit $limit
