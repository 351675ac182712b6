with

    -- A blind check is a task of its own; it speaks about the task that it checks.
    decisions as (
        select
            review_decisions.decision_id,
            coalesce(review_tasks.qa_of_task_id, review_tasks.task_id) as task_id,
            review_tasks.subject_type,
            review_tasks.subject_id,
            review_tasks.source as task_source,
            review_decisions.label,
            review_decisions.occurred_at as decided_at,
            review_decisions.severity,
            review_decisions.policy_id,
            review_decisions.second_of is not null
            or review_tasks.qa_of_task_id is not null as is_second
        from {{ ref("stg_review_decisions") }} as review_decisions
        inner join {{ ref("stg_review_tasks") }} as review_tasks using (task_id)
        where not review_tasks.is_golden
    ),

    task_verdicts as (
        select *
        from decisions
        qualify
            row_number() over (
                partition by subject_type, subject_id, task_id
                order by is_second desc, decided_at desc, decision_id desc
            )
            = 1
    ),

    subject_verdicts as (
        select *
        from task_verdicts
        qualify
            row_number() over (
                partition by subject_type, subject_id order by decided_at desc, decision_id desc
            )
            = 1
    ),

    overturned_decisions as (
        select enforcement_actions.decision_id, min(appeals.decided_at) as overturned_at
        from {{ ref("stg_appeals") }} as appeals
        inner join {{ ref("stg_enforcement_actions") }} as enforcement_actions using (action_id)
        where appeals.outcome = 'overturned'
        group by enforcement_actions.decision_id
    )

select
    subject_verdicts.subject_type,
    subject_verdicts.subject_id,
    case
        when overturned_decisions.decision_id is not null then 'benign' else subject_verdicts.label
    end as label,
    case
        when overturned_decisions.decision_id is not null
        then 'appeal'
        when subject_verdicts.is_second
        then 'second_decision'
        else 'first_decision'
    end as label_source,
    coalesce(overturned_decisions.overturned_at, subject_verdicts.decided_at) as decided_at,
    subject_verdicts.severity,
    subject_verdicts.policy_id,
    subject_verdicts.decision_id,
    subject_verdicts.task_id,
    subject_verdicts.task_source,
    subject_tasks.inclusion_prob
from subject_verdicts
left join overturned_decisions using (decision_id)
-- A blind check has a probability of its own; what counts is how the subject came to be judged.
left join {{ ref("stg_review_tasks") }} as subject_tasks using (task_id)
