{% set thresholds = {"listed_account_count": 3, "shared_listed_object_count": 2} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'cluster' as subject_type,
    cluster_id as subject_id,
    last_at as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("listed_account_count", thresholds.listed_account_count) }} as strength,
    {{ evidence(thresholds, shown=["member_count", "object_count", "shared_object_count"]) }}
    as evidence
from {{ ref("feat_cluster_upload_weeks") }}
where
    listed_account_count >= {{ thresholds.listed_account_count }}
    and shared_listed_object_count >= {{ thresholds.shared_listed_object_count }}
