{# In which file each day of a table goes: days in a row go into one until it has `rows`. #}
create or replace temp table shelf_days as
with

    days as (
        select day, count(*) as row_count
        from {{ ("accepted_" ~ table) | identifier }}
        anti join {{ ("dropped_" ~ table) | identifier }} using (file_no, source_line)
        group by day
    ),

    places as (
        select day, (sum(row_count) over (order by day) - row_count) // {{ rows }} as place
        from days
    )

-- The names of its columns are beside those of any table of the contract.
select day as shelved_day, min(day) over (partition by place) as shelf_day
from places
