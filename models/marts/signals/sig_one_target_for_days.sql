{% set thresholds = {
    "harassment_day_count_28d": 3,
    "harassment_count_28d": 5,
    "max_harassment_score": 0.6,
    "score_rise_28d": -0.2,
    "max_victim_or_helper_score_28d": 0.5,
} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    last_at as detected_at,
    (activity_date - 27)::timestamptz as window_starts_at,
    (activity_date + 1)::timestamptz as window_ends_at,
    {{ strength("harassment_day_count_28d", thresholds.harassment_day_count_28d) }} as strength,
    {{ evidence(thresholds, shown=["target_hmac"]) }} as evidence
from {{ ref("feat_account_target_days") }}
where
    harassment_day_count_28d >= {{ thresholds.harassment_day_count_28d }}
    and harassment_count_28d >= {{ thresholds.harassment_count_28d }}
    and max_harassment_score >= {{ thresholds.max_harassment_score }}
    and score_rise_28d >= {{ thresholds.score_rise_28d }}
    and coalesce(max_victim_or_helper_score_28d, 0)
    <= {{ thresholds.max_victim_or_helper_score_28d }}
-- One row an account and day: the target that was pursued on most days.
qualify
    row_number() over (
        partition by account_id, activity_date
        order by harassment_day_count_28d desc, harassment_count_28d desc, target_hmac
    )
    = 1
