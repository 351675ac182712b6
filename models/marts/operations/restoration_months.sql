with

    due as (
        select
            date_trunc('month', due_at)::date as due_month,
            unnest(['all', sender_tier]) as sender_tier,
            is_on_time,
            state
        from {{ ref("restoration_windows") }}
        where is_due
    )

select
    due_month,
    sender_tier,
    count(*) as due_count,
    count(*) filter (where is_on_time) as on_time_count,
    count(*) filter (where state = 'restored early') as early_count,
    count(*) filter (where state = 'restored late') as late_count,
    count(*) filter (where state = 'overdue') as overdue_count,
    {{ share("on_time_count", "due_count") }} as on_time_share,
    {{ wilson_low("on_time_count", "due_count") }} as on_time_share_low,
    {{ wilson_high("on_time_count", "due_count") }} as on_time_share_high
from due
group by due_month, sender_tier
order by due_month, sender_tier
