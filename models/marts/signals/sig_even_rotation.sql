{% set thresholds = {
    "member_count": 8,
    "active_account_count": 8,
    "request_count": 30,
    "count_dispersion": 0.5,
    "hosting_share": 0.5,
    "verified_org_share": 0.1,
} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'cluster' as subject_type,
    cluster_id as subject_id,
    (activity_date + 1)::timestamptz as detected_at,
    activity_date::timestamptz as window_starts_at,
    (activity_date + 1)::timestamptz as window_ends_at,
    1 - count_dispersion as strength,
    {{ evidence(thresholds, shown=["max_account_requests"]) }} as evidence
from {{ ref("feat_cluster_days") }}
where
    member_count >= {{ thresholds.member_count }}
    and active_account_count >= {{ thresholds.active_account_count }}
    and request_count >= {{ thresholds.request_count }}
    and count_dispersion <= {{ thresholds.count_dispersion }}
    and hosting_share >= {{ thresholds.hosting_share }}
    and verified_org_share <= {{ thresholds.verified_org_share }}
