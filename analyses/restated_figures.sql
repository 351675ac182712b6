select
    metric_id,
    name,
    month_starts_on,
    closes_at,
    value_when_closed,
    value_now,
    restated_share,
    late_count,
    corrected_in_count,
    corrected_out_count,
    cause
from {{ ref("restatements") }}
where not $changed_only or cause <> 'none'
order by restated_share desc nulls last, month_starts_on, metric_id, name
limit $limit
