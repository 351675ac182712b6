{% set thresholds = {
    "member_count": 8,
    "request_count_7d": 200,
    "hosting_share": 0.5,
    "shared_template_share_7d": 0.1,
    "reasoning_share_7d": 0.05,
    "verified_org_share": 0.1,
} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'cluster' as subject_type,
    cluster_id as subject_id,
    (activity_date + 1)::timestamptz as detected_at,
    (activity_date - 6)::timestamptz as window_starts_at,
    (activity_date + 1)::timestamptz as window_ends_at,
    {{ strength("member_count", thresholds.member_count) }} as strength,
    {{ evidence(thresholds) }} as evidence
from {{ ref("feat_cluster_days") }}
where
    member_count >= {{ thresholds.member_count }}
    and request_count_7d >= {{ thresholds.request_count_7d }}
    and hosting_share >= {{ thresholds.hosting_share }}
    and shared_template_share_7d >= {{ thresholds.shared_template_share_7d }}
    and reasoning_share_7d >= {{ thresholds.reasoning_share_7d }}
    and verified_org_share <= {{ thresholds.verified_org_share }}
