select
    set_id,
    version,
    live_count,
    adjudicated_by_two_count,
    leaked_count,
    leak_rate,
    leak_rate_low,
    leak_rate_high,
    age_p50_days,
    smallest_stratum_count,
    never_shown_count
from {{ ref("golden_health") }}
order by set_id, version
limit $limit
