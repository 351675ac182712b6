with

    days as (
        select unnest(range(date '2016-01-01', date '2037-01-01', interval 1 day))::date as day
    ),

    calendar_days as (
        select
            business_hours.calendar_id,
            days.day,
            isodow(days.day) <= 5 and federal_holidays.observed_on is null as is_business_day,
            -- Hours are read off the clock: the day on which it changes has 23 or 25 of them.
            timezone(time_zone, days.day::timestamp + to_hours(opens_at_hour)) as opens_at,
            timezone(time_zone, days.day::timestamp + to_hours(closes_at_hour)) as closes_at
        from days
        inner join
            {{ ref("business_hours") }} as business_hours
            on {{ valid_at("days.day", "business_hours") }}
        left join
            {{ ref("federal_holidays") }} as federal_holidays
            on days.day = federal_holidays.observed_on
    )

select
    calendar_id,
    day,
    is_business_day,
    count(*) filter (where is_business_day) over (
        partition by calendar_id order by day
    ) as business_day_number,
    case when is_business_day then opens_at end as opens_at,
    case when is_business_day then closes_at end as closes_at
from calendar_days
order by calendar_id, day
