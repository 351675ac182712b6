{% set thresholds = {"slot_count": 4, "target_count": 4} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'account' as subject_type,
    account_id as subject_id,
    last_at as detected_at,
    week_starts_on::timestamptz as window_starts_at,
    (week_starts_on + 7)::timestamptz as window_ends_at,
    {{ strength("target_count", thresholds.target_count) }} as strength,
    {{ evidence(thresholds, shown=["template_hash", "top_task_label"]) }} as evidence
from {{ ref("feat_template_weeks") }}
where
    top_task_label in ('threat_script', 'payment_demand')
    and slot_count >= {{ thresholds.slot_count }}
    and target_count >= {{ thresholds.target_count }}
-- One row an account and week: the template that reaches the most people.
qualify
    row_number() over (
        partition by account_id, week_starts_on
        order by target_count desc, slot_count desc, template_hash
    )
    = 1
