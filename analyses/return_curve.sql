select
    case when cohort_month > date '1970-01-01' then cohort_month end as cohort_month,
    link_strength,
    outcome,
    horizon_days,
    entity_count,
    returned_count,
    followed_longer_count,
    return_rate,
    return_rate_low,
    return_rate_high
from {{ ref("return_curves") }}
where
    ($outcome is null or outcome = $outcome)
    and ($link_strength is null or link_strength = $link_strength)
    and (cohort_month = date '1970-01-01') = $all_months
order by outcome, link_strength, cohort_month nulls first, horizon_days
limit $limit
