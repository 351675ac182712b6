with

    tasks as (
        select
            subject_type,
            subject_id,
            task_id,
            created_at,
            coalesce(review_tasks.qa_of_task_id is null and not is_golden, true) as is_work
        from {{ ref("stg_review_tasks") }} as review_tasks
    ),

    -- What happened to the subject from the report on. A report that joined a task already open
    -- counts too.
    decisions as (
        select user_reports.report_id, min(review_decisions.occurred_at) as decided_at
        from {{ ref("stg_user_reports") }} as user_reports
        inner join tasks using (subject_type, subject_id)
        inner join
            {{ ref("stg_review_decisions") }} as review_decisions
            on tasks.task_id = review_decisions.task_id
        where tasks.is_work and review_decisions.occurred_at >= user_reports.received_at
        group by user_reports.report_id
    ),

    open_tasks as (
        select user_reports.report_id, min(tasks.created_at) as tasked_at
        from {{ ref("stg_user_reports") }} as user_reports
        inner join tasks using (subject_type, subject_id)
        where tasks.is_work
        group by user_reports.report_id
    ),

    reactions as (
        select user_reports.report_id, min(enforcement_actions.occurred_at) as actioned_at
        from {{ ref("stg_user_reports") }} as user_reports
        inner join
            {{ ref("stg_enforcement_actions") }} as enforcement_actions using (
                subject_type, subject_id
            )
        inner join
            {{ ref("action_types") }} as action_types
            on enforcement_actions.type = action_types.action_type
            and {{ valid_at("enforcement_actions.occurred_at", "action_types") }}
        where
            not action_types.is_reversal
            and enforcement_actions.occurred_at >= user_reports.received_at
        group by user_reports.report_id
    )

select
    user_reports.report_id,
    user_reports.received_at,
    user_reports.channel,
    user_reports.surface,
    user_reports.reporter_id,
    user_reports.reporter_kind,
    user_reports.subject_type,
    user_reports.subject_id,
    user_reports.reason_code,
    user_reports.automated as is_automated,
    user_reports.valid as is_valid,
    user_reports.invalid_reason,
    user_reports.duplicate_of,
    user_reports.ack_at,
    (
        epoch_us(coalesce(user_reports.ack_at, int_snapshot_clock.as_of))
        - epoch_us(user_reports.received_at)
    )
    / 3.6e9::double as ack_wait_hours,
    user_reports.ack_at is null as is_ack_censored,
    open_tasks.tasked_at,
    decisions.decided_at,
    reactions.actioned_at,
    case
        when user_reports.duplicate_of is not null or user_reports.invalid_reason = 'duplicate'
        then 'duplicate'
        when not user_reports.valid
        then 'invalid'
        when user_reports.valid is null and user_reports.ack_at is null
        then 'received'
        when user_reports.valid is null
        then 'acknowledged'
        when reactions.actioned_at is not null
        then 'actioned'
        when decisions.decided_at is not null
        then 'not_actioned'
        when open_tasks.tasked_at is not null
        then 'in_review'
        else 'waiting_for_review'
    end as state
from {{ ref("stg_user_reports") }} as user_reports
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
left join open_tasks using (report_id)
left join decisions using (report_id)
left join reactions using (report_id)
order by user_reports.received_at, user_reports.report_id
