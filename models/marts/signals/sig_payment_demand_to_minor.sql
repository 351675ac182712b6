{% set thresholds = {"max_minor_score": 0.6, "max_victim_or_helper_score": 0.5} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'conversation' as subject_type,
    conversation_id as subject_id,
    ended_at as detected_at,
    started_at as window_starts_at,
    ended_at + interval 1 microsecond as window_ends_at,
    max_minor_score as strength,
    {{ evidence(thresholds, shown=["account_id", "first_payment_at", "max_threat_score"]) }}
    as evidence
from {{ ref("feat_conversations") }}
where
    first_payment_at is not null
    and max_minor_score >= {{ thresholds.max_minor_score }}
    and coalesce(max_victim_or_helper_score, 0) <= {{ thresholds.max_victim_or_helper_score }}
