{% set thresholds = {"account_count": 3} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'upload' as subject_type,
    sha256 as subject_id,
    last_at as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("account_count", thresholds.account_count) }} as strength,
    {{ evidence(thresholds, shown=["upload_count", "matched_count"]) }} as evidence
from {{ ref("feat_upload_weeks") }}
where account_count >= {{ thresholds.account_count }} and is_listed
