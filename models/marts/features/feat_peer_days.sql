select
    activity_date,
    case
        when greatest(chat_share, api_share, mcp_share) = chat_share
        then 'chat'
        when greatest(api_share, mcp_share) = api_share
        then 'api'
        else 'mcp'
    end as surface,
    account_id,
    request_count,
    output_tokens,
    refused_share,
    reasoning_share,
    template_count,
    top_template_share,
    ip_prefix_count,
    country_count,
    device_count,
    active_hour_count,
    hour_entropy,
    request_count_28d,
    output_tokens_28d,
    active_days_28d,
    refused_share_28d,
    reasoning_share_28d
from {{ ref("feat_account_days") }}
-- Rows of one day lie together, so that a question about it reads little.
order by activity_date, surface, account_id
