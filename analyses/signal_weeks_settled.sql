select
    signal_weeks.signal_id,
    signal_weeks.version,
    week_starts_on,
    hit_count,
    settled_count,
    confirmed_count,
    signal_yield,
    signal_yield_low,
    signal_yield_high,
    settled_precision,
    decay_slope,
    is_decaying
from {{ ref("signal_weeks") }} as signal_weeks
left join
    {{ ref("signal_trends") }} as signal_trends on signal_weeks.signal_id = signal_trends.signal_id
where
    ($signal_id is null or signal_weeks.signal_id = $signal_id)
    and week_starts_on >= $since
    and week_starts_on < $until
order by signal_weeks.signal_id, week_starts_on
limit $limit
