{% set thresholds = {"max_harassing_accounts_in_6_hours": 5, "harassment_share": 0.5} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'target' as subject_type,
    target_hmac as subject_id,
    last_at as detected_at,
    activity_date::timestamptz as window_starts_at,
    (activity_date + 1)::timestamptz as window_ends_at,
    {{ strength("max_harassing_accounts_in_6_hours", thresholds.max_harassing_accounts_in_6_hours) }}
    as strength,
    {{ evidence(thresholds, shown=["harassing_account_count", "young_account_share"]) }} as evidence
from {{ ref("feat_target_days") }}
where
    max_harassing_accounts_in_6_hours >= {{ thresholds.max_harassing_accounts_in_6_hours }}
    and harassment_share >= {{ thresholds.harassment_share }}
