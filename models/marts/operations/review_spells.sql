with

    steps as (
        select
            task_events.task_id,
            task_events.seq,
            task_events.event,
            task_events.reason,
            task_events.actor_id,
            task_events.occurred_at as starts_at,
            lead(task_events.occurred_at) over (
                partition by task_events.task_id order by task_events.seq
            ) as ends_at
        from {{ ref("stg_task_events") }} as task_events
    ),

    -- A task of which nothing is known yet stands in its queue.
    unseen as (
        select task_id, 0 as seq, 'queued' as event, created_at as starts_at
        from {{ ref("stg_review_tasks") }} as review_tasks
        anti join steps using (task_id)
    ),

    spells as (
        select task_id, seq, event, reason, actor_id, starts_at, ends_at
        from steps
        union all by name
        select task_id, seq, event, starts_at
        from unseen
    )

select
    spells.task_id,
    spells.seq,
    review_tasks.queue_id,
    review_tasks.severity,
    review_tasks.is_golden,
    review_tasks.created_at,
    task_states.state,
    task_states.is_open,
    spells.event,
    spells.reason,
    spells.actor_id,
    spells.starts_at,
    spells.ends_at,
    coalesce(pause_reasons.stops_clock, false) as stops_clock
from spells
inner join {{ ref("stg_review_tasks") }} as review_tasks using (task_id)
inner join
    {{ ref("task_states") }} as task_states
    on spells.event = task_states.event
    and {{ valid_at("spells.starts_at", "task_states") }}
left join
    {{ ref("pause_reasons") }} as pause_reasons
    on spells.event = 'paused'
    and spells.reason = pause_reasons.reason
    and {{ valid_at("spells.starts_at", "pause_reasons") }}
order by review_tasks.queue_id, spells.task_id, spells.seq
