select
    month_starts_on,
    source,
    lead_count,
    reviewed_count,
    confirmed_count,
    lead_yield,
    lead_yield_low,
    lead_yield_high
from {{ ref("lead_yield_months") }}
where month_starts_on >= $since and month_starts_on < $until
order by month_starts_on desc, source
limit $limit
