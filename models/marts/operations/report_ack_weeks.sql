with

    waits as (
        select
            date_trunc('week', received_at)::date as week_starts_on,
            unnest(['all', channel]) as channel,
            ack_wait_hours,
            is_ack_censored
        from {{ ref("user_report_states") }}
    ),

    curves as (
        {{ kaplan_meier("waits", "ack_wait_hours", "is_ack_censored", by=["week_starts_on", "channel"]) }}
    ),

    quantiles as (
        select
            week_starts_on,
            channel,
            {{ survival_quantile(0.5) }} as ack_p50_hours,
            {{ survival_quantile(0.95) }} as ack_p95_hours
        from curves
        group by week_starts_on, channel
    ),

    counts as (
        select
            week_starts_on,
            channel,
            count(*) as report_count,
            count(*) filter (where is_ack_censored) as waiting_count
        from waits
        group by week_starts_on, channel
    )

select
    week_starts_on,
    channel,
    counts.report_count,
    counts.waiting_count,
    quantiles.ack_p50_hours,
    quantiles.ack_p95_hours
from counts
inner join quantiles using (week_starts_on, channel)
order by week_starts_on, channel
