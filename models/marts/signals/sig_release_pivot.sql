{% set thresholds = {
    "member_count": 8,
    "days_since_release": 2,
    "request_count": 50,
    "newest_model_share": 0.5,
    "newest_model_share_prior_7d": 0.4,
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
    {{ strength("newest_model_share", thresholds.newest_model_share) }} as strength,
    {{ evidence(thresholds) }} as evidence
from {{ ref("feat_cluster_days") }}
where
    member_count >= {{ thresholds.member_count }}
    and days_since_release <= {{ thresholds.days_since_release }}
    and request_count >= {{ thresholds.request_count }}
    and newest_model_share >= {{ thresholds.newest_model_share }}
    and newest_model_share_prior_7d <= {{ thresholds.newest_model_share_prior_7d }}
    and hosting_share >= {{ thresholds.hosting_share }}
    and verified_org_share <= {{ thresholds.verified_org_share }}
