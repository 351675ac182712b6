{% set thresholds = {
    "max_minor_score": 0.6,
    "corroboration_count": 1,
    "max_victim_or_helper_score": 0.5,
} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    last_at as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    max_minor_score as strength,
    {{ evidence(thresholds, shown=["matched_object_count", "report_count"]) }} as evidence
from {{ ref("feat_child_safety_weeks") }}
where
    max_minor_score >= {{ thresholds.max_minor_score }}
    and corroboration_count >= {{ thresholds.corroboration_count }}
    and coalesce(max_victim_or_helper_score, 0) <= {{ thresholds.max_victim_or_helper_score }}
