select
    subject_type,
    subject_id,
    route,
    bits,
    escalation_bits,
    signal_count,
    family_count,
    first_detected_at,
    last_detected_at
from {{ ref("risk_scores") }}
where
    is_above_escalation
    and last_detected_at >= $since
    and first_detected_at < $until
    and ($subject_type is null or subject_type = $subject_type)
order by bits desc, last_detected_at desc, subject_type, subject_id
limit $limit
