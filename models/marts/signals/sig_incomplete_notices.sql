{% set thresholds = {"notice_count": 20, "incomplete_count": 8} %}
{{ config(meta={"thresholds": thresholds}) }}

select
    'sender' as subject_type,
    sender_id as subject_id,
    last_at as detected_at,
    first_at as window_starts_at,
    last_at + interval 1 microsecond as window_ends_at,
    {{ strength("incomplete_count", thresholds.incomplete_count) }} as strength,
    {{ evidence(thresholds, shown=["sender_tier", "counter_notice_count"]) }} as evidence
from {{ ref("feat_copyright_senders") }}
where
    notice_count >= {{ thresholds.notice_count }}
    and incomplete_count >= {{ thresholds.incomplete_count }}
