with

    waits as (
        select
            date_trunc('month', first_sign_at)::date as month_starts_on,
            unnest(['all', coalesce(severity, 'reported only')]) as severity,
            duration_hours,
            is_censored
        from {{ ref("time_to_action") }}
    ),

    curves as (
        {{ kaplan_meier("waits", "duration_hours", "is_censored", by=["month_starts_on", "severity"]) }}
    ),

    quantiles as (
        select
            month_starts_on,
            severity,
            {{ survival_quantile(0.5) }} as action_p50_hours,
            {{ survival_quantile(0.5, "survival_low") }} as action_p50_hours_low,
            {{ survival_quantile(0.5, "survival_high") }} as action_p50_hours_high,
            {{ survival_quantile(0.95) }} as action_p95_hours,
            min(survival) as still_waiting_part
        from curves
        group by month_starts_on, severity
    ),

    counts as (
        select
            month_starts_on,
            severity,
            count(*) as account_count,
            count(*) filter (where is_censored) as waiting_count
        from waits
        group by month_starts_on, severity
    )

select
    month_starts_on,
    severity,
    counts.account_count,
    counts.waiting_count,
    quantiles.action_p50_hours,
    quantiles.action_p50_hours_low,
    quantiles.action_p50_hours_high,
    quantiles.action_p95_hours,
    quantiles.still_waiting_part
from counts
inner join quantiles using (month_starts_on, severity)
order by month_starts_on, severity
