with

    tested as (
        select
            queue_id,
            method,
            count(*) as day_count,
            sum(arrived_count) as arrived_count,
            sum(absolute_error::decimal(38, 6))::double as absolute_error,
            count(*) filter (where is_covered) as covered_count
        from {{ ref("arrival_forecasts") }}
        where arrived_count is not null
        group by queue_id, method
    )

select
    queue_id,
    method,
    day_count,
    arrived_count,
    {{ share("absolute_error", "arrived_count") }} as wmape,
    {{ share("covered_count", "day_count") }} as covered_share,
    {{ wilson_low("covered_count", "day_count") }} as covered_share_low,
    {{ wilson_high("covered_count", "day_count") }} as covered_share_high
from tested
order by queue_id, method
