select
    signals.detected_at,
    signals.signal_id,
    definitions.severity,
    definitions.harm_type,
    definitions.typology,
    definitions.route,
    signals.subject_type,
    signals.strength,
    signals.evidence,
    definitions.next_investigation,
    signals.window_starts_at,
    signals.window_ends_at
from {{ ref("signals") }} as signals
inner join {{ ref("signal_definitions") }} as definitions using (signal_id)
where
    signals.subject_id = $subject_id
    and ($subject_type is null or signals.subject_type = $subject_type)
    and signals.detected_at >= $since
    and signals.window_starts_at < $until
order by signals.detected_at desc, signals.signal_id, signals.subject_type, signals.window_starts_at
limit $limit
