{% set thresholds = {"max_reports_in_24_hours": 4, "mean_reporter_reliability": 0.45} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    subject_type,
    subject_id,
    last_at as detected_at,
    report_date::timestamptz as window_starts_at,
    (report_date + 1)::timestamptz as window_ends_at,
    {{ strength("max_reports_in_24_hours", thresholds.max_reports_in_24_hours) }} as strength,
    {{ evidence(thresholds, shown=["reporter_count"]) }} as evidence
from {{ ref("feat_reported_days") }}
where
    max_reports_in_24_hours >= {{ thresholds.max_reports_in_24_hours }}
    and mean_reporter_reliability <= {{ thresholds.mean_reporter_reliability }}
