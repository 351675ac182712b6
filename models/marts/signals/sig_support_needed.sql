{% set thresholds = {"help_count": 2, "max_victim_or_helper_score": 0.8} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    (week_starts_on + 7)::timestamptz as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    max_victim_or_helper_score as strength,
    {{ evidence(thresholds, shown=["max_threat_score"]) }} as evidence
from {{ ref("feat_account_label_weeks") }}
where
    help_count >= {{ thresholds.help_count }}
    and max_victim_or_helper_score >= {{ thresholds.max_victim_or_helper_score }}
