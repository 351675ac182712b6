select detected_at, subject_type, subject_id, strength, evidence, window_starts_at, window_ends_at
from {{ ref("signals") }}
where
    signal_id = $signal_id
    and detected_at >= $since
    and window_starts_at < $until
    and ($subject_id is null or subject_id = $subject_id)
order by strength desc, detected_at, subject_type, subject_id, window_starts_at
limit $limit
