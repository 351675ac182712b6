select
    day,
    reviewer_id,
    vendor_id,
    decision_count,
    productive_hours,
    decisions_per_hour,
    exposure_minutes,
    cap_minutes,
    exposure_share
from {{ ref("reviewer_days") }}
where
    day >= $since
    and day < $until
    and coalesce(exposure_share, 0) >= $minimum_exposure
    and ($reviewer_id is null or reviewer_id = $reviewer_id)
order by exposure_share desc nulls last, day desc, reviewer_id
limit $limit
