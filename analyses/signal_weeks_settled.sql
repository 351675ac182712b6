select
    signal_weeks.signal_id,
    signal_weeks.version,
    signal_weeks.week_starts_on,
    signal_weeks.hit_count,
    signal_weeks.settled_count,
    signal_weeks.confirmed_count,
    signal_weeks.signal_yield,
    signal_weeks.signal_yield_low,
    signal_weeks.signal_yield_high,
    signal_weeks.settled_precision,
    signal_trends.decay_slope,
    signal_trends.is_decaying
from {{ ref("signal_weeks") }} as signal_weeks
left join
    {{ ref("signal_trends") }} as signal_trends on signal_weeks.signal_id = signal_trends.signal_id
where
    ($signal_id is null or signal_weeks.signal_id = $signal_id)
    and signal_weeks.week_starts_on >= $since
    and signal_weeks.week_starts_on < $until
order by signal_weeks.signal_id, signal_weeks.week_starts_on
limit $limit
