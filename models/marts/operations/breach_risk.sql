with

    history as (
        select
            queue_id,
            day,
            isodow(day) as weekday,
            arrived_count,
            decided_count,
            row_number() over (partition by queue_id, isodow(day) order by day desc) as place
        from {{ ref("queue_days") }}
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where day < date_trunc('day', as_of)::date
    ),

    recent as (
        select *, count(*) over (partition by queue_id, weekday) as choices
        from history
        where place <= 8
    ),

    backlogs as (
        select queue_id, arg_max(backlog_count, day) as backlog_count, max(day) as last_day
        from {{ ref("queue_days") }}
        group by queue_id
    ),

    -- What the queue can decide: what it did on a good day of that weekday. Its mean would be its
    -- arrivals.
    capacities as (
        select queue_id, weekday, quantile_cont(decided_count, 0.9) as capacity
        from recent
        group by queue_id, weekday
    ),

    targets as (
        select
            queue_id,
            quantile_cont(
                (epoch_us(due_at) - epoch_us(created_at)) / 8.64e10::double, 0.5
            ) as target_days
        from {{ ref("review_work") }}
        where not is_golden and qa_of_task_id is null
        group by queue_id
    ),

    runs as (
        select
            backlogs.queue_id,
            backlogs.backlog_count,
            run,
            ahead,
            isodow(backlogs.last_day + ahead::integer) as weekday,
            -- The draw is made from the names of the run and the day: the same snapshot, the same
            -- draws.
            ('0x' || substr(md5(concat_ws('|', backlogs.queue_id, run, ahead)), 1, 12))::ubigint
            as draw
        from backlogs
        cross join (select unnest(range(400)) as run)
        cross join (select unnest(range(14)) as ahead)
    ),

    drawn as (
        select
            runs.queue_id,
            runs.backlog_count,
            runs.run,
            runs.ahead,
            recent.arrived_count,
            capacities.capacity
        from runs
        inner join
            recent
            on runs.queue_id = recent.queue_id
            and runs.weekday = recent.weekday
            and recent.place = 1 + (runs.draw % recent.choices::ubigint)::bigint
        inner join
            capacities on runs.queue_id = capacities.queue_id and runs.weekday = capacities.weekday
    ),

    walks as (
        select
            *,
            sum((arrived_count - capacity)::decimal(38, 6)) over (
                partition by queue_id, run order by ahead
            )::double as net,
            avg(capacity) over (partition by queue_id) as mean_capacity
        from drawn
    ),

    -- Lindley: a backlog cannot be worked off below nothing.
    depths as (
        select
            *,
            net + greatest(
                backlog_count, - min(net) over (partition by queue_id, run order by ahead)
            ) as depth
        from walks
    ),

    waits as (
        select queue_id, run, mean_capacity, max(depth) as deepest_count
        from depths
        group by queue_id, run, mean_capacity
    ),

    counts as (
        select
            waits.queue_id,
            targets.target_days,
            count(*) as run_count,
            -- Without any capacity whatever waits is too late, and where nothing waits nothing is.
            count(*) filter (where deepest_count > target_days * mean_capacity) as breach_count,
            quantile_cont(deepest_count, 0.5) as backlog_p50_count,
            quantile_cont(deepest_count, 0.95) as backlog_p95_count
        from waits
        inner join targets using (queue_id)
        group by waits.queue_id, targets.target_days
    )

select
    queue_id,
    target_days,
    run_count,
    breach_count,
    {{ share("breach_count", "run_count") }} as breach_share,
    {{ wilson_low("breach_count", "run_count") }} as breach_share_low,
    {{ wilson_high("breach_count", "run_count") }} as breach_share_high,
    backlog_p50_count,
    backlog_p95_count
from counts
order by queue_id
