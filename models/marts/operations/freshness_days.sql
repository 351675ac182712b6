with

    recorded as (
        select table_name, unnest(recorded_hours) as recorded_hour
        from {{ ref("int_input_coverage") }}
    ),

    recorded_days as (
        select table_name, recorded_hour::date as day, max(recorded_hour) as last_recorded_hour
        from recorded
        group by table_name, day
    ),

    -- Those since a table was first recorded. The day of as_of is not over.
    all_days as (
        select
            table_name,
            unnest(generate_series(min(day), max(as_of)::date - 1, interval 1 day))::date as day
        from recorded_days
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        group by table_name
    ),

    last_recorded as (
        select
            table_name,
            day,
            last_value(last_recorded_hour ignore nulls) over (
                partition by table_name order by day
            ) as last_recorded_hour
        from all_days
        left join recorded_days using (table_name, day)
    ),

    behind as (
        select *, date_diff('hour', last_recorded_hour, (day + 1)::timestamptz) as hours_behind
        from last_recorded
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
