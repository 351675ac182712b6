select
    server_id,
    version_id,
    occurred_at,
    replaced_at,
    description_changed,
    tools_changed,
    is_unreviewed,
    unreviewed_hours,
    call_count,
    blast_radius_accounts,
    account_day_count,
    report_count,
    is_listed
from {{ ref("mcp_version_changes") }}
where
    ($server_id is null or server_id = $server_id)
    and (description_changed or tools_changed or not $changed_only)
order by blast_radius_accounts desc, server_id, occurred_at
limit $limit
