{% set thresholds = {
    "reasoning_count": 4,
    "reasoning_share": 0.08,
    "capped_output_share": 0.08,
} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    last_at as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("reasoning_share", thresholds.reasoning_share) }} as strength,
    {{ evidence(thresholds, shown=["request_count", "output_input_ratio"]) }} as evidence
from {{ ref("feat_account_weeks") }}
where
    not is_verified_org_member
    and reasoning_count >= {{ thresholds.reasoning_count }}
    and reasoning_share >= {{ thresholds.reasoning_share }}
    and capped_output_share >= {{ thresholds.capped_output_share }}
