select
    signals.signal_id,
    signal_definitions.typology,
    signal_definitions.harm_type,
    signal_definitions.severity,
    signal_definitions.route,
    count(*) as hit_count,
    count(distinct signals.subject_id) as subject_count,
    min(signals.detected_at) as first_detected_at,
    max(signals.detected_at) as last_detected_at,
    signal_definitions.next_investigation
from {{ ref("signals") }} as signals
inner join {{ ref("signal_definitions") }} as signal_definitions using (signal_id)
where signals.detected_at >= $since and signals.window_starts_at < $until
group by all
order by signal_definitions.severity, subject_count desc, signals.signal_id
limit $limit
