with

    recorded as (
        select table_name, unnest(recorded_hours) as recorded_hour
        from {{ ref("int_input_coverage") }}
    ),

    -- The ends of the days since a table was first recorded. The day of as_of is not over.
    day_ends as (
        select
            table_name,
            unnest(
                generate_series(min(recorded_hour)::date, max(as_of)::date, interval 1 day)
            )::date as ended_on
        from recorded
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        group by table_name
    ),

    behind as (
        select
            day_ends.table_name,
            day_ends.ended_on - 1 as day,
            recorded.recorded_hour as last_recorded_hour,
            date_diff(
                'hour', recorded.recorded_hour, day_ends.ended_on::timestamptz
            ) as hours_behind
        from day_ends
        asof join
            recorded
            on day_ends.table_name = recorded.table_name
            and day_ends.ended_on::timestamptz > recorded.recorded_hour
    ),

    beside_their_past as (
        select
            *,
            list(hours_behind) over (
                partition by table_name, isodow(day)
                order by day
                rows between 8 preceding and 1 preceding
            ) as same_weekdays
        from behind
    ),

    expected as (
        select
            * exclude (same_weekdays),
            coalesce(len(same_weekdays), 0) as weekday_count,
            case when len(same_weekdays) >= 4 then list_median(same_weekdays) end as expected_hours
        from beside_their_past
    ),

    beside_other_days as (
        select
            *,
            list(abs(hours_behind - expected_hours)) filter (
                where expected_hours is not null
            ) over (partition by table_name order by day rows between 56 preceding and 1 preceding)
            as deviations
        from expected
    ),

    -- 1.4826 makes the median deviation a standard deviation; an hour is what can be told at least.
    scattered as (
        select
            * exclude (deviations),
            coalesce(len(deviations), 0) as deviation_count,
            case
                when len(deviations) >= 14 then greatest(1.4826 * list_median(deviations), 1)
            end as scatter
        from beside_other_days
    )

select
    table_name,
    day,
    last_recorded_hour,
    hours_behind,
    weekday_count,
    expected_hours,
    deviation_count,
    scatter,
    (hours_behind - expected_hours) / scatter as z_score,
    -- Between things that happen at random gaps are exponential: of those, one in 600 is so long.
    coalesce((hours_behind - expected_hours) / scatter > 8, false) as is_unusual
from scattered
order by table_name, day
