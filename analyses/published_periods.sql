select
    publisher,
    series,
    breakdown,
    period_kind,
    period_starts_on,
    period_ends_on,
    value,
    metric_id,
    known_at
from {{ ref("transparency_periods") }}
where
    ($publisher is null or publisher = $publisher)
    and ($series is null or series = $series)
    and ($breakdown is null or breakdown = $breakdown)
order by publisher, series, breakdown, period_starts_on, period_ends_on
limit $limit
