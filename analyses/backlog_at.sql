with

    open_spells as (
        select
            queue_id, state, (epoch_us($moment) - epoch_us(created_at)) / 3.6e9::double as age_hours
        from {{ ref("review_spells") }}
        where
            is_open
            and not is_golden
            and starts_at < $moment
            and (ends_at >= $moment or ends_at is null)
    )

select
    queue_id,
    count(*) as backlog_count,
    count(*) filter (where state = 'queued') as queued_count,
    count(*) filter (where state = 'assigned') as assigned_count,
    count(*) filter (where state = 'escalated') as escalated_count,
    count(*) filter (where state = 'paused') as paused_count,
    quantile_cont(age_hours, 0.5) as age_p50_hours,
    quantile_cont(age_hours, 0.95) as age_p95_hours,
    max(age_hours) as oldest_age_hours
from open_spells
group by queue_id
order by queue_id
