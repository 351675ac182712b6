with

    events as (
        select
            task_id,
            min(occurred_at) filter (where event = 'opened') as first_opened_at,
            min(occurred_at) filter (where event = 'decided') as first_decided_at,
            max(occurred_at) filter (where event = 'decided') as last_decided_at,
            count(*) filter (where event = 'skipped') as skip_count,
            count(*) filter (where event = 'escalated') as escalation_count,
            count(*) filter (where event = 'reopened') as reopen_count,
            -- Seconds are added as decimals: a sum of doubles depends on the order of its rows.
            sum(active_seconds::decimal(18, 3))::double as active_seconds,
            arg_max(event, seq) as last_event,
            arg_max(occurred_at, seq) as last_event_at
        from {{ ref("stg_task_events") }}
        group by task_id
    ),

    pauses as (
        select
            task_id,
            event,
            occurred_at,
            lead(occurred_at) over (partition by task_id order by seq) as next_event_at
        from {{ ref("stg_task_events") }}
    ),

    paused_times as (
        select
            task_id,
            sum(epoch_us(coalesce(next_event_at, as_of)) - epoch_us(occurred_at)) as paused_us
        from pauses
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where event = 'paused'
        group by task_id
    ),

    last_decisions as (
        select task_id, decision_id, label, reviewer_id
        from {{ ref("stg_review_decisions") }}
        qualify
            row_number() over (partition by task_id order by occurred_at desc, decision_id desc) = 1
    )

select
    review_tasks.task_id,
    review_tasks.queue_id,
    review_tasks.source,
    review_tasks.subject_type,
    review_tasks.subject_id,
    review_tasks.severity,
    review_tasks.suspected_policy,
    review_tasks.sla_policy_id,
    review_tasks.is_golden,
    review_tasks.qa_of_task_id,
    review_tasks.inclusion_prob,
    review_tasks.created_at,
    review_tasks.due_at,
    coalesce(task_states.state, 'queued') as state,
    coalesce(task_states.is_open, true) as is_open,
    events.last_event,
    events.last_event_at,
    events.first_opened_at,
    events.first_decided_at,
    events.last_decided_at,
    last_decisions.decision_id,
    last_decisions.label,
    last_decisions.reviewer_id,
    reviewers.vendor_id,
    (epoch_us(coalesce(events.first_opened_at, as_of)) - epoch_us(review_tasks.created_at))
    / 3.6e9::double as wait_hours,
    events.first_opened_at is null as is_wait_censored,
    (epoch_us(coalesce(events.first_decided_at, as_of)) - epoch_us(review_tasks.created_at))
    / 3.6e9::double as turnaround_hours,
    events.first_decided_at is null as is_turnaround_censored,
    coalesce(paused_times.paused_us, 0) / 3.6e9::double as paused_hours,
    events.active_seconds,
    coalesce(events.skip_count, 0) as skip_count,
    coalesce(events.escalation_count, 0) as escalation_count,
    coalesce(events.reopen_count, 0) as reopen_count,
    review_tasks.due_at <= as_of as is_due,
    case
        when review_tasks.due_at <= as_of
        then coalesce(events.first_decided_at <= review_tasks.due_at, false)
    end as is_decided_in_time
from {{ ref("stg_review_tasks") }} as review_tasks
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
left join events using (task_id)
left join paused_times using (task_id)
left join last_decisions using (task_id)
left join
    {{ ref("stg_reviewers") }} as reviewers on last_decisions.reviewer_id = reviewers.reviewer_id
left join
    {{ ref("task_states") }} as task_states
    on events.last_event = task_states.event
    and {{ valid_at("events.last_event_at", "task_states") }}
order by review_tasks.created_at, review_tasks.task_id
