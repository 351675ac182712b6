with

    assumptions as (
        select
            any_value(value) filter (where assumption = 'shrinkage') as shrinkage,
            any_value(value) filter (where assumption = 'occupancy') as occupancy,
            any_value(value) filter (where assumption = 'week_hours') as week_hours,
            any_value(value) filter (where assumption = 'burn_weeks') as burn_weeks
        from {{ ref("planning_assumptions") }} as planning_assumptions
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where {{ valid_at("as_of", "planning_assumptions") }}
    ),

    -- Of the two forecasts, the one that is right on average; weeks of seven whole days.
    future as (
        select
            queue_id,
            day,
            forecast,
            forecast_high,
            row_number() over (partition by queue_id order by day) as place
        from {{ ref("arrival_forecasts") }}
        where method = 'weekday_poisson' and arrived_count is null
    ),

    weeks as (
        select
            queue_id,
            min(day) as week_starts_on,
            (1 + floor((place - 1) / 7))::bigint as week_number,
            sum(forecast::decimal(38, 12))::double as arrivals,
            -- Days are taken to vary independently.
            sqrt(
                sum(
                    (((forecast_high - forecast) / 1.959963984540054::double) ^ 2)::decimal(38, 12)
                )::double
            ) as arrivals_std_error
        from future
        group by queue_id, week_number
        having count(*) = 7
    ),

    handling as (
        select
            queue_id,
            count(*) as decided_count,
            sum(active_seconds::decimal(18, 3))::double / count(*) as handle_mean_seconds,
            stddev_samp(active_seconds) / sqrt(count(*)) as handle_std_error
        from {{ ref("review_work") }}
        where not is_golden and not is_turnaround_censored and active_seconds is not null
        group by queue_id
    ),

    backlogs as (
        select queue_id, arg_max(backlog_count, day) as backlog_count
        from {{ ref("queue_days") }}
        group by queue_id
    ),

    loads as (
        select
            weeks.queue_id,
            weeks.week_number,
            weeks.week_starts_on,
            weeks.arrivals,
            weeks.arrivals_std_error,
            case
                when weeks.week_number <= burn_weeks then backlogs.backlog_count / burn_weeks else 0
            end as backlog_to_burn,
            handling.handle_mean_seconds,
            handling.handle_std_error,
            occupancy * (1 - shrinkage) as productive_share,
            week_hours
        from weeks
        inner join handling using (queue_id)
        inner join backlogs using (queue_id)
        cross join assumptions
    ),

    hours as (
        select
            *,
            (arrivals + backlog_to_burn)
            * handle_mean_seconds
            / 3600
            / productive_share as required_hours,
            -- Of a product: relative errors add in squares.
            sqrt(
                (arrivals_std_error * handle_mean_seconds) ^ 2
                + ((arrivals + backlog_to_burn) * coalesce(handle_std_error, 0)) ^ 2
            )
            / 3600
            / productive_share as hours_std_error
        from loads
    )

select
    queue_id,
    week_number,
    week_starts_on,
    arrivals,
    backlog_to_burn,
    handle_mean_seconds,
    productive_share as productive_part,
    required_hours,
    greatest(0, required_hours - 1.959963984540054::double * hours_std_error) as required_hours_low,
    required_hours + 1.959963984540054::double * hours_std_error as required_hours_high,
    required_hours / week_hours as required_fte,
    greatest(0, required_hours - 1.959963984540054::double * hours_std_error)
    / week_hours as required_fte_low,
    (required_hours + 1.959963984540054::double * hours_std_error) / week_hours as required_fte_high
from hours
order by queue_id, week_number
