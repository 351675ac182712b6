with

    tasks as (
        select queue_id, task_id, created_at, first_decided_at
        from {{ ref("review_work") }}
        where not is_golden
    ),

    days as (
        select queue_id, unnest(range(first_day, last_day + 1, interval 1 day))::date as day
        from
            (
                select
                    queue_id,
                    date_trunc('day', min(created_at))::date as first_day,
                    date_trunc('day', max(as_of))::date as last_day
                from tasks
                cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
                group by queue_id
            )
    ),

    -- The end of the day, or the snapshot's moment on its last day.
    moments as (
        select
            queue_id,
            day,
            least(int_snapshot_clock.as_of, (day + 1)::timestamp at time zone 'UTC') as counted_at
        from days
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
    ),

    open_tasks as (
        select
            moments.queue_id,
            moments.day,
            (epoch_us(moments.counted_at) - epoch_us(review_spells.created_at))
            / 3.6e9::double as age_hours
        from moments
        inner join
            {{ ref("review_spells") }} as review_spells
            on moments.queue_id = review_spells.queue_id
            and review_spells.starts_at < moments.counted_at
            and (review_spells.ends_at >= moments.counted_at or review_spells.ends_at is null)
        where review_spells.is_open and not review_spells.is_golden
    ),

    backlogs as (
        select
            queue_id,
            day,
            count(*) as backlog_count,
            quantile_cont(age_hours, 0.5) as backlog_age_p50_hours,
            quantile_cont(age_hours, 0.95) as backlog_age_p95_hours,
            max(age_hours) as oldest_age_hours
        from open_tasks
        group by queue_id, day
    ),

    arrivals as (
        select queue_id, date_trunc('day', created_at)::date as day, count(*) as arrived_count
        from tasks
        group by all
    ),

    decisions as (
        select queue_id, date_trunc('day', first_decided_at)::date as day, count(*) as decided_count
        from tasks
        group by all
    )

select
    moments.queue_id,
    moments.day,
    moments.counted_at,
    coalesce(arrivals.arrived_count, 0) as arrived_count,
    coalesce(decisions.decided_count, 0) as decided_count,
    coalesce(backlogs.backlog_count, 0) as backlog_count,
    backlogs.backlog_age_p50_hours,
    backlogs.backlog_age_p95_hours,
    backlogs.oldest_age_hours
from moments
left join backlogs using (queue_id, day)
left join arrivals using (queue_id, day)
left join decisions using (queue_id, day)
order by moments.queue_id, moments.day
