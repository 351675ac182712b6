with

    history as (
        select queue_id, day, arrived_count, max(day) over (partition by queue_id) as last_day
        from {{ ref("queue_days") }}
    ),

    -- The last day is not over; its count is no observation. Six weeks are forecast after it.
    whole_days as (select queue_id, day, arrived_count from history where day < last_day),

    days as (
        select queue_id, day, arrived_count
        from whole_days
        union all
        select queue_id, unnest(range(last_day, last_day + 42, interval 1 day))::date as day, null
        from (select distinct queue_id, last_day from history)  -- one row per queue
    ),

    -- Forecast a week ahead: nothing later than seven days before is known.
    known as (
        select
            days.queue_id,
            days.day,
            days.arrived_count,
            count(*) as weeks_known,
            avg(whole_days.arrived_count) as weekday_mean,
            arg_max(whole_days.arrived_count, whole_days.day) as same_weekday_before
        from days
        inner join
            whole_days
            on days.queue_id = whole_days.queue_id
            and whole_days.day <= days.day - 7
            and isodow(whole_days.day) = isodow(days.day)
            and whole_days.day >= days.day - 98
        group by days.queue_id, days.day, days.arrived_count
    ),

    forecasts as (
        select
            queue_id,
            day,
            'seasonal_naive' as method,
            arrived_count,
            weeks_known,
            same_weekday_before::double as forecast,
            -- Two independent counts of one rate differ by twice its variance.
            sqrt(2 * greatest(same_weekday_before, 0.5)) as spread
        from known
        union all
        select
            queue_id,
            day,
            'weekday_poisson' as method,
            arrived_count,
            weeks_known,
            weekday_mean as forecast,
            -- A Poisson count around a rate that was itself estimated from so many weeks.
            sqrt(greatest(weekday_mean, 0.5 / weeks_known) * (1 + 1 / weeks_known)) as spread
        from known
    )

select
    queue_id,
    day,
    method,
    weeks_known,
    arrived_count,
    forecast,
    greatest(0, floor(forecast - 1.959963984540054::double * spread)) as forecast_low,
    ceil(forecast + 1.959963984540054::double * spread) as forecast_high,
    abs(arrived_count - forecast) as absolute_error,
    arrived_count >= greatest(0, floor(forecast - 1.959963984540054::double * spread))
    and arrived_count <= ceil(forecast + 1.959963984540054::double * spread) as is_covered
from forecasts
where weeks_known >= case method when 'seasonal_naive' then 1 else 3 end
order by queue_id, method, day
