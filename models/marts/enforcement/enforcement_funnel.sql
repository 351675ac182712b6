with

    first_hits as (
        select
            signal_subjects.account_id,
            signal_subjects.signal_id,
            signal_subjects.subject_type as hit_subject_type,
            signal_subjects.subject_id as hit_subject_id,
            least(signal_subjects.detected_at, int_snapshot_clock.as_of) as first_hit_at
        from {{ ref("signal_subjects") }} as signal_subjects
        inner join {{ ref("signal_definitions") }} as signal_definitions using (signal_id)
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where signal_definitions.route = 'enforcement'
        qualify
            row_number() over (
                partition by signal_subjects.account_id
                order by
                    signal_subjects.detected_at,
                    signal_subjects.signal_id,
                    signal_subjects.subject_id
            )
            = 1
    ),

    -- A lead is a review task about the account; checks of the reviewers themselves are none.
    leads as (
        select subject_id as account_id, task_id, created_at
        from {{ ref("stg_review_tasks") }}
        where
            subject_type = 'account'
            and not is_golden
            and qa_of_task_id is null
            and source not in ('appeal', 'qa', 'golden')
    ),

    -- A lead whose last decision is that the account violates.
    cases as (
        select
            task_id,
            min(occurred_at) as decided_at,
            arg_max(decision_id, (occurred_at, decision_id)) as decision_id
        from {{ ref("stg_review_decisions") }}
        group by task_id
        having arg_max(label, (occurred_at, decision_id)) = 'violating'
    ),

    case_actions as (
        select
            review_decisions.task_id,
            arg_min(actions.action_id, (actions.occurred_at, actions.action_id)) as action_id
        from {{ ref("actions") }} as actions
        inner join {{ ref("stg_review_decisions") }} as review_decisions using (decision_id)
        where not actions.is_reversal and actions.action_type <> 'report_out'
        group by review_decisions.task_id
    ),

    -- The lead that got furthest stands for the account.
    best_leads as (
        select
            leads.account_id,
            leads.task_id,
            leads.created_at as lead_at,
            cases.decision_id,
            cases.decided_at,
            case_actions.action_id
        from leads
        left join cases using (task_id)
        left join case_actions on cases.task_id = case_actions.task_id
        qualify
            row_number() over (
                partition by leads.account_id
                order by
                    case_actions.action_id is null,
                    cases.decision_id is null,
                    leads.created_at,
                    leads.task_id
            )
            = 1
    ),

    first_appeals as (
        select action_id, arg_min(appeal_id, (filed_at, appeal_id)) as appeal_id
        from {{ ref("appeals") }}
        group by action_id
    )

select
    first_hits.account_id,
    first_hits.signal_id,
    first_hits.hit_subject_type,
    first_hits.hit_subject_id,
    first_hits.first_hit_at,
    best_leads.task_id as lead_task_id,
    best_leads.lead_at,
    best_leads.decision_id as case_decision_id,
    best_leads.decided_at as case_decided_at,
    best_leads.action_id,
    actions.occurred_at as action_at,
    actions.case_id,
    first_appeals.appeal_id,
    case when best_leads.action_id is not null then actions.reversed_at is null end as is_upheld,
    case
        when actions.reversed_at is not null
        then 'action'
        when best_leads.action_id is not null
        then 'upheld'
        when best_leads.decision_id is not null
        then 'case'
        when best_leads.task_id is not null
        then 'lead'
        else 'signal'
    end as furthest_stage
from first_hits
left join best_leads using (account_id)
left join {{ ref("actions") }} as actions using (action_id)
left join first_appeals using (action_id)
order by first_hits.account_id
