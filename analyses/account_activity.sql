select
    activity_date,
    account_age_days,
    request_count,
    input_tokens,
    output_tokens,
    output_input_ratio,
    refused_count,
    refused_share,
    rate_limited_count,
    conversation_count,
    template_count,
    top_template_share,
    ip_prefix_count,
    country_count,
    device_count,
    model_count,
    active_hour_count,
    hour_entropy,
    gap_cv,
    gap_burstiness,
    reasoning_share,
    capped_output_share,
    newest_model_share,
    request_count_7d,
    request_count_28d,
    request_count_previous_28d
from {{ ref("feat_account_days") }}
where account_id = $account_id and activity_date >= $since and activity_date < $until
order by activity_date
limit $limit
