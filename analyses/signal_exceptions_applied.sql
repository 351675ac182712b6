select
    exceptions.exception_id,
    exceptions.signal_id,
    exceptions.subject_type,
    exceptions.subject_id,
    exceptions.reason as accepted_because,
    exceptions.approved_by,
    exceptions.valid_from as from_on,
    exceptions.valid_to as until_on,
    int_snapshot_clock.as_of >= exceptions.valid_from
    and int_snapshot_clock.as_of < exceptions.valid_to as is_in_force,
    count(excepted_signals.exception_id) as hit_count,
    min(excepted_signals.detected_at) as first_detected_at,
    max(excepted_signals.detected_at) as last_detected_at,
    max(excepted_signals.strength) as max_strength
from {{ ref("signal_exceptions") }} as exceptions
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
left join
    {{ ref("excepted_signals") }} as excepted_signals
    on exceptions.exception_id = excepted_signals.exception_id
    and excepted_signals.detected_at >= $since
    and excepted_signals.detected_at < $until
where $signal_id is null or exceptions.signal_id = $signal_id
group by all
order by hit_count desc, exceptions.exception_id
limit $limit
