select
    activity_date,
    member_count,
    active_account_count,
    request_count,
    output_tokens,
    max_account_requests,
    count_dispersion,
    top_header_share,
    hosting_share,
    template_count,
    shared_template_share,
    slot_template_ratio,
    reasoning_share,
    capped_output_share,
    newest_model_share,
    days_since_release,
    hour_entropy,
    verified_org_share,
    payment_fingerprint_count,
    request_count_7d
from {{ ref("feat_cluster_days") }}
where cluster_id = $cluster_id and activity_date >= $since and activity_date < $until
order by activity_date
limit $limit
