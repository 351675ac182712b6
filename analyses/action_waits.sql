-- Kaplan and Meier's estimator: accounts without an action yet still count as waiting, up to the
-- snapshot's clock. Leaving them out would make every wait look short.
with

    waits as (
        select
            unnest(['all', coalesce(severity, 'reported only')]) as severity,
            duration_hours,
            is_censored
        from {{ ref("time_to_action") }}
        where first_sign_at >= $since and first_sign_at < $until
    ),

    steps as (
        select
            severity,
            duration_hours,
            count(*) filter (where not is_censored) as acted_count,
            count(*) as leaving_count
        from waits
        group by severity, duration_hours
    ),

    at_risk as (
        select
            severity,
            duration_hours,
            acted_count,
            sum(leaving_count) over (
                partition by severity
                order by duration_hours
                rows between current row and unbounded following
            ) as waiting_count
        from steps
    ),

    survival as (
        select
            severity,
            duration_hours,
            product(1 - acted_count / waiting_count) over (
                partition by severity
                order by duration_hours
                rows between unbounded preceding and current row
            ) as still_waiting_share
        from at_risk
    ),

    quantiles as (
        select
            severity,
            min(duration_hours) filter (where still_waiting_share <= 0.5) as median_hours,
            min(duration_hours) filter (where still_waiting_share <= 0.1) as p90_hours,
            min(still_waiting_share) as never_acted_share
        from survival
        group by severity
    ),

    totals as (
        select
            severity,
            count(*) as account_count,
            count(*) filter (where not is_censored) as acted_count,
            count(*) filter (where is_censored) as waiting_count,
            median(duration_hours) filter (where not is_censored) as acted_only_median_hours
        from waits
        group by severity
    )

select
    totals.severity,
    totals.account_count,
    totals.acted_count,
    totals.waiting_count,
    quantiles.median_hours,
    quantiles.p90_hours,
    quantiles.never_acted_share,
    totals.acted_only_median_hours
from totals
inner join quantiles using (severity)
order by totals.severity != 'all', totals.severity
limit $limit
