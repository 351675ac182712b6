select
    vendor_id, measure, sample_count, estimate, estimate_low, estimate_high, shrunk_estimate, place
from {{ ref("vendor_scorecard") }}
where
    period = $period
    and ($vendor_id is null or vendor_id = $vendor_id)
    and ($measure is null or measure = $measure)
order by measure, vendor_id
