{#
    In which file each day of a table goes. A day of `rows` or more has one to itself; smaller days in a row
    share one of less than twice that.
#}
create or replace temp table shelf_days as
with

    days as (
        select day, count(*) as row_count
        from {{ ("accepted_" ~ table) | identifier }}
        anti join {{ ("dropped_" ~ table) | identifier }} using (file_no, source_line)
        group by day
    ),

    places as (
        select
            day,
            row_count >= {{ rows }} as is_large,
            count(*) filter (where row_count >= {{ rows }}) over (order by day) as large_days,
            (
                coalesce(sum(row_count) filter (where row_count < {{ rows }}) over (order by day), 0)
                - row_count
            ) // {{ rows }} as place
        from days
    )

-- The names of its columns are beside those of any table of the contract.
select day as shelved_day, min(day) over (partition by large_days, is_large, place) as shelf_day
from places
