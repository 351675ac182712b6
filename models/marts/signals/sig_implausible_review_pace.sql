{% set thresholds = {
    "timed_count": 20,
    "median_active_seconds": 8,
    "longest_streak": 20,
    "distinct_subject_share": 0.5,
} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'reviewer' as subject_type,
    reviewer_id as subject_id,
    last_at as detected_at,
    work_date::timestamptz as window_starts_at,
    (work_date + 1)::timestamptz as window_ends_at,
    least(1, decision_count / 200.0::double) as strength,
    {{ evidence(thresholds, shown=["decision_count"]) }} as evidence
from {{ ref("feat_reviewer_days") }}
where
    timed_count >= {{ thresholds.timed_count }}
    and distinct_subject_share >= {{ thresholds.distinct_subject_share }}
    and (
        median_active_seconds <= {{ thresholds.median_active_seconds }}
        or longest_streak >= {{ thresholds.longest_streak }}
    )
