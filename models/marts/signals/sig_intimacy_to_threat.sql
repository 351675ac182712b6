{% set thresholds = {
    "target_count": 1,
    "max_threat_score": 0.85,
    "max_victim_or_helper_score": 0.5,
} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'conversation' as subject_type,
    conversation_id as subject_id,
    ended_at as detected_at,
    started_at as window_starts_at,
    ended_at + interval 1 microsecond as window_ends_at,
    max_threat_score as strength,
    {{ evidence(thresholds, shown=["account_id", "max_minor_score"]) }} as evidence
from {{ ref("feat_conversations") }}
where
    is_in_order
    -- Stories tend to stop at the threat; extortion asks for something.
    and first_payment_at is not null
    and target_count >= {{ thresholds.target_count }}
    and max_threat_score >= {{ thresholds.max_threat_score }}
    and coalesce(max_victim_or_helper_score, 0) <= {{ thresholds.max_victim_or_helper_score }}
