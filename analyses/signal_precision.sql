select
    signal_outcomes.signal_id,
    signal_definitions.typology,
    signal_outcomes.family,
    signal_outcomes.route,
    signal_outcomes.judged_type,
    signal_outcomes.hit_count,
    signal_outcomes.settled_count,
    signal_outcomes.confirmed_count,
    signal_outcomes.precision,
    signal_outcomes.precision_low,
    signal_outcomes.precision_high,
    signal_outcomes.hit_rate_confirmed,
    signal_outcomes.hit_rate_benign,
    signal_outcomes.bits,
    signal_outcomes.last_detected_at,
    signal_definitions.owner
from {{ ref("signal_outcomes") }} as signal_outcomes
inner join {{ ref("signal_definitions") }} as signal_definitions using (signal_id)
order by signal_outcomes.route, signal_outcomes.precision desc nulls last, signal_outcomes.signal_id
limit $limit
