select
    metric_periods.metric_id,
    metric_periods.name,
    page,
    period_starts_on,
    surface,
    policy_id,
    part_count,
    whole_count,
    value,
    value_low,
    value_high
from {{ ref("metric_periods") }} as metric_periods
inner join {{ ref("metric_definitions") }} as metric_definitions using (metric_id, name)
where
    ($page is null or page = $page)
    and ($metric_id is null or metric_periods.metric_id = $metric_id)
    and period_starts_on >= $since
    and period_starts_on < $until
order by metric_periods.metric_id, metric_periods.name, period_starts_on, surface, policy_id
limit $limit
