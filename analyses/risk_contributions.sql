with

    contributions as (
        select
            route,
            bits as score_bits,
            escalation_bits,
            is_above_escalation,
            unnest(
                from_json(
                    contributions,
                    '[{"signal_id": "VARCHAR", "family": "VARCHAR", "bits": "DOUBLE", "is_counted": "BOOLEAN", "hit_count": "BIGINT", "first_detected_at": "TIMESTAMPTZ", "last_detected_at": "TIMESTAMPTZ"}]'
                )
            ) as contribution
        from {{ ref("risk_scores") }}
        where subject_type = $subject_type and subject_id = $subject_id
    )

select
    contribution.signal_id as signal_id,
    contribution.family as family,
    contribution.bits as bits,
    contribution.is_counted as is_counted,
    contribution.hit_count as hit_count,
    contribution.first_detected_at as first_detected_at,
    contribution.last_detected_at as last_detected_at,
    score_bits,
    escalation_bits,
    is_above_escalation,
    route
from contributions
order by is_counted desc, bits desc, signal_id
limit $limit
