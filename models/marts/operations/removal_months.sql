with

    due as (
        select date_trunc('month', due_at)::date as due_month, is_in_time, is_removal_censored
        from {{ ref("intimate_image_removals") }}
        where is_due
    )

select
    due_month,
    count(*) as due_count,
    count(*) filter (where is_in_time) as in_time_count,
    count(*) filter (where is_removal_censored) as not_removed_count,
    {{ share("in_time_count", "due_count") }} as removal_attainment,
    {{ wilson_low("in_time_count", "due_count") }} as removal_attainment_low,
    {{ wilson_high("in_time_count", "due_count") }} as removal_attainment_high
from due
group by due_month
order by due_month
