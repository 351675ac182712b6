-- The review side as its systems recorded it up to the end of the world.
create table out_review_tasks as
with

    all_tasks as (
        select
            task_id, queue_id, created_at, source, subject_type, subject_id, severity, policy_id as suspected_policy, severity as sla_policy_id,
            due_at, false as is_golden, null::varchar as golden_item_id, null::varchar as qa_of_task_id, sample_prob as inclusion_prob
        from tasks
        union all by name
        select
            qa_task_id as task_id, queue_id, qa_created_at as created_at, 'qa' as source, subject_type, subject_id, severity,
            policy_id as suspected_policy, 'S3' as sla_policy_id, qa_created_at + interval 72 hour as due_at, false as is_golden,
            task_id as qa_of_task_id, inclusion_prob
        from qa_tasks
        union all by name
        select
            'tsk_' || substr(appeal_id, 5) || '_ap' as task_id, 'appeals' as queue_id, filed_at as created_at, 'appeal' as source, subject_type,
            subject_id, severity, policy_id as suspected_policy, 'S4' as sla_policy_id, filed_at + interval 168 hour as due_at, false as is_golden
        from appeal_plan
        union all by name
        select
            task_id, queue_id, created_at, 'golden' as source, 'content' as subject_type, content_id as subject_id, severity,
            policy_id as suspected_policy, severity as sla_policy_id, due_at, true as is_golden, item_id as golden_item_id
        from golden_tasks
    )

select *, created_at + interval 5 second as recorded_at, 'review_tool' as source_system
from all_tasks;

create table out_review_decisions as
with

    all_decisions as (
        select
            decision_id, task_id, reviewer_id, decided_at as occurred_at, label, policy_id, severity, case_key, null::varchar as second_of
        from first_decisions
        union all by name
        select
            qa_decision_id as decision_id, qa_task_id as task_id, qa_reviewer_id as reviewer_id, qa_decided_at as occurred_at, qa_label as label,
            policy_id, severity, case_key, decision_id as second_of
        from qa_tasks
        union all by name
        select
            adjudication_id as decision_id, task_id, adjudicator_id as reviewer_id, adjudicated_at as occurred_at, final_label as label, policy_id,
            severity, case_key, decision_id as second_of
        from adjudications
        union all by name
        select
            'dec_' || substr(appeal_id, 5) || 'a' as decision_id, 'tsk_' || substr(appeal_id, 5) || '_ap' as task_id,
            appeal_reviewer_id as reviewer_id, decided_at as occurred_at,
            case when is_overturned then case when truth = 'needs_support' then truth else 'benign' end else 'violating' end as label, policy_id, severity,
            case_key, null::varchar as second_of
        from appeal_plan
        union all by name
        select decision_id, task_id, reviewer_id, decided_at as occurred_at, label, policy_id, severity, case_key, null::varchar as second_of
        from golden_tasks
    )

select
    decision_id,
    task_id,
    reviewer_id,
    occurred_at,
    label,
    null::varchar as category,
    case when label in ('violating', 'borderline') then policy_id end as policy_id,
    case when label in ('violating', 'borderline') then 1 + (occurred_at >= timestamptz '2026-04-15 00:00:00+00')::integer end as policy_version,
    case when label = 'benign' then 'S4' else severity end as severity,
    list_slice(
        ['shared_infrastructure', 'template_reuse', 'report_corroborated', 'context_given', 'prior_action'],
        1 + whole('factor', decision_id, 3), 2 + whole('factors', decision_id, 4)
    ) as factor_codes,
    case
        when label = 'violating' then list_extract(['clause_met', 'pattern_of_conduct', 'hash_confirmed'], 1 + whole('rationale', decision_id, 3))
        when label = 'borderline' then list_extract(['no_clause_fits', 'insufficient_evidence'], 1 + whole('rationale', decision_id, 2))
        when label = 'needs_support' then 'victim_or_helper'
        else list_extract(['no_violation', 'legitimate_business', 'fiction_or_research'], 1 + whole('rationale', decision_id, 3))
    end as rationale_code,
    case when u('writes', decision_id) < 0.7 then 'note/' || decision_id end as rationale_ref,
    case when u('cites', decision_id) < 0.15 then ['prc_' || lpad(whole('precedent', decision_id, 40)::varchar, 3, '0')] end as precedent_ids,
    second_of,
    occurred_at + interval 3 second as recorded_at,
    'review_tool' as source_system
from all_decisions, world
where occurred_at < world.ends_at;

create table out_task_events as
with

    plain as (
        select
            task_id, case_key, created_at, opened_at, decided_at, reviewer_id, active_seconds, is_skipped, is_paused, is_escalated,
            null::timestamptz as reopened_at, null::timestamptz as adjudicated_at, null::varchar as adjudicator_id
        from tasks
        where case_no not in (select case_no from adjudications)
        union all by name
        select
            task_id, case_key, created_at, opened_at, decided_at, tasks.reviewer_id, tasks.active_seconds, tasks.is_skipped, tasks.is_paused,
            tasks.is_escalated, adjudications.reopened_at, adjudications.adjudicated_at, adjudications.adjudicator_id
        from tasks
        join adjudications using (case_no, task_id, case_key, created_at, opened_at, decided_at)
        union all by name
        select
            qa_task_id as task_id, case_key || 'qa' as case_key, qa_created_at as created_at, qa_opened_at as opened_at, qa_decided_at as decided_at,
            qa_reviewer_id as reviewer_id, date_diff('second', qa_opened_at, qa_decided_at)::double as active_seconds, false as is_skipped,
            false as is_paused, false as is_escalated
        from qa_tasks
        union all by name
        select
            'tsk_' || substr(appeal_id, 5) || '_ap' as task_id, case_key || 'ap' as case_key, filed_at as created_at,
            greatest(filed_at + interval 1 minute, decided_at - interval 11 minute) as opened_at, decided_at, appeal_reviewer_id as reviewer_id,
            600.0 as active_seconds, false as is_skipped, false as is_paused, false as is_escalated
        from appeal_plan
        union all by name
        select
            task_id, case_key, created_at, opened_at, decided_at, reviewer_id, active_seconds, false as is_skipped, false as is_paused,
            false as is_escalated
        from golden_tasks
    ),

    -- Every event that a task can have, in order; those that it did not have are left out below.
    steps as (
        select task_id, step_no, event, occurred_at, actor_id, step_seconds, reason
        from
            plain,
            lateral (
                values
                    (1, 'queued', created_at, 'router', null::double, null::varchar, true),
                    (2, 'assigned', created_at + (opened_at - created_at) * 0.4, 'router', null, null, is_skipped),
                    (3, 'skipped', created_at + (opened_at - created_at) * 0.45, reviewer_id, 12.0, 'language', is_skipped),
                    (4, 'assigned', created_at + (opened_at - created_at) * 0.9, 'router', null, null, true),
                    (5, 'opened', opened_at, reviewer_id, null, null, true),
                    (6, 'paused', opened_at + (decided_at - opened_at) * 0.1, reviewer_id, active_seconds * 0.3, 'awaiting_information', is_paused),
                    (7, 'resumed', opened_at + (decided_at - opened_at) * 0.8, reviewer_id, null, null, is_paused),
                    (8, 'escalated', opened_at + (decided_at - opened_at) * 0.85, reviewer_id, active_seconds * 0.2, 'second_opinion', is_escalated),
                    (
                        9, 'decided', decided_at, reviewer_id,
                        active_seconds * (1 - case when is_paused then 0.3 else 0 end - case when is_escalated then 0.2 else 0 end), null, true
                    ),
                    (10, 'closed', decided_at + interval 4 second, reviewer_id, null, null, true),
                    (11, 'reopened', reopened_at, adjudicator_id, null, 'qa_disagreement', reopened_at is not null),
                    (12, 'decided', adjudicated_at, adjudicator_id, 420.0, null, reopened_at is not null),
                    (13, 'closed', adjudicated_at + interval 4 second, adjudicator_id, null, null, reopened_at is not null)
            ) as events(step_no, event, occurred_at, actor_id, step_seconds, reason, happened)
        where happened
    )

select
    task_id,
    row_number() over (partition by task_id order by step_no) as seq,
    event,
    occurred_at,
    actor_id,
    round(step_seconds, 1) as active_seconds,
    reason,
    -- One event in eighty arrives days late.
    case
        when u('late', concat_ws('-', task_id, step_no)) < 0.012 and occurred_at + interval 3 day < ends_at
        then occurred_at + to_days(1 + whole('how late', concat_ws('-', task_id, step_no), 2)::integer)
        else occurred_at + interval 2 second
    end as recorded_at,
    'review_tool' as source_system
from steps, world
where occurred_at < ends_at;

create table again_task_events as
select * from out_task_events where u('sent again', concat_ws('-', task_id, seq)) < 0.012;

create table again_review_decisions as
select * from out_review_decisions where u('sent again', decision_id) < 0.012;
