-- A signal on a cluster, a target or another shared subject concerns each account behind it.
select
    signal_subjects.detected_at,
    signal_subjects.signal_id,
    signal_definitions.typology,
    signal_definitions.severity,
    signal_definitions.route,
    signal_subjects.subject_type,
    signal_subjects.subject_id,
    signal_subjects.strength,
    signals.evidence,
    signal_definitions.next_investigation,
    signal_subjects.window_starts_at,
    signal_subjects.window_ends_at
from {{ ref("signal_subjects") }} as signal_subjects
inner join {{ ref("signal_definitions") }} as signal_definitions using (signal_id)
inner join
    {{ ref("signals") }} as signals using (
        signal_id, subject_type, subject_id, window_starts_at, window_ends_at
    )
where
    signal_subjects.account_id = $account_id
    and signal_subjects.detected_at >= $since
    and signal_subjects.window_starts_at < $until
order by
    signal_subjects.detected_at,
    signal_subjects.signal_id,
    signal_subjects.subject_type,
    signal_subjects.subject_id
limit $limit
