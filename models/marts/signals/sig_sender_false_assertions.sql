{% set thresholds = {"decided_target_count": 20, "false_assertion_share": 0.3} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'sender' as subject_type,
    sender_id as subject_id,
    last_at as detected_at,
    first_at as window_starts_at,
    last_at + interval 1 microsecond as window_ends_at,
    false_assertion_share as strength,
    {{ evidence(thresholds, shown=["sender_tier", "notice_count", "counter_notice_count"]) }}
    as evidence
from {{ ref("feat_copyright_senders") }}
where
    decided_target_count >= {{ thresholds.decided_target_count }}
    and false_assertion_share >= {{ thresholds.false_assertion_share }}
