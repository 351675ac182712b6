with

    rows_by_day as (
        select 'requests' as source_table, {{ day_of("occurred_at") }} as day, count(*) as row_count
        from {{ ref("stg_requests") }}
        group by day
        union all
        select 'logins', {{ day_of("occurred_at") }} as day, count(*)
        from {{ ref("stg_logins") }}
        group by day
        union all
        select 'classifier_scores', {{ day_of("occurred_at") }} as day, count(*)
        from {{ ref("stg_classifier_scores") }}
        group by day
        union all
        select 'hash_matches', {{ day_of("occurred_at") }} as day, count(*)
        from {{ ref("stg_hash_matches") }}
        group by day
        union all
        select 'user_reports', {{ day_of("received_at") }} as day, count(*)
        from {{ ref("stg_user_reports") }}
        group by day
        union all
        select 'review_decisions', {{ day_of("occurred_at") }} as day, count(*)
        from {{ ref("stg_review_decisions") }}
        group by day
    ),

    -- A day without a row is a day too. The day of as_of is not over.
    all_days as (
        select
            source_table,
            unnest(generate_series(min(day), max(as_of)::date - 1, interval 1 day))::date as day
        from rows_by_day
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        group by source_table
    ),

    counted as (
        select all_days.source_table, all_days.day, coalesce(rows_by_day.row_count, 0) as row_count
        from all_days
        left join rows_by_day using (source_table, day)
    ),

    beside_their_past as (
        select
            *,
            list(row_count) over (
                partition by source_table, isodow(day)
                order by day
                rows between 8 preceding and 1 preceding
            ) as same_weekdays
        from counted
    ),

    expected as (
        select
            * exclude (same_weekdays),
            coalesce(len(same_weekdays), 0) as weekday_count,
            list_median(same_weekdays) as expected_count,
            list_median(
                list_transform(
                    same_weekdays, lambda earlier:abs(earlier - list_median(same_weekdays))
                )
            ) as usual_deviation
        from beside_their_past
    ),

    -- 1.4826 makes the median deviation a standard deviation; a count scatters by its root at
    -- least.
    scattered as (
        select *, greatest(1.4826 * usual_deviation, sqrt(expected_count + 1)) as scatter
        from expected
    ),

    limited as (
        select
            *,
            case
                when weekday_count >= 4 then greatest(0, expected_count - 5 * scatter)
            end as usual_least,
            case when weekday_count >= 4 then expected_count + 5 * scatter end as usual_most
        from scattered
    )

select
    source_table,
    day,
    row_count,
    weekday_count,
    expected_count,
    scatter,
    usual_least,
    usual_most,
    coalesce(row_count < usual_least or row_count > usual_most, false) as is_unusual
from limited
order by source_table, day
