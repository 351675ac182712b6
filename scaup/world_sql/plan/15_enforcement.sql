-- What was done: actions, their effects on each surface, appeals, and what they undid.
create table actions as
with

    decided as (
        select
            'act_' || lpad(case_no::varchar, 7, '0') as action_id,
            case_no,
            case_key,
            account_no,
            kind,
            subject_type,
            subject_id,
            truth,
            source,
            reviewer_id,
            standing_decision_id as decision_id,
            policy_id,
            severity,
            forced_at is not null as is_forced,
            case
                when forced_at is not null then 'terminate'
                when subject_type = 'content' then 'remove_content'
                when subject_type = 'mcp_server' then 'delist'
                when subject_type = 'sender' then 'restrict'
                when policy_id in ('sextortion', 'trafficking', 'child_safety')
                then case when u('measure', case_key) < 0.8 then 'terminate' else 'suspend' end
                when policy_id in ('ibsa', 'distillation', 'ban_evasion')
                then case when u('measure', case_key) < 0.5 then 'terminate' when u('measure', case_key) < 0.85 then 'suspend' else 'restrict' end
                when u('measure', case_key) < 0.45 then 'warn'
                when u('measure', case_key) < 0.7 then 'restrict'
                when u('measure', case_key) < 0.92 then 'suspend'
                else 'terminate'
            end as type,
            case when forced_at is not null then forced_at + interval 5 minute
                else standing_at + to_seconds((60 + 5400 * pow(u('acts', case_key), 3))::bigint)
            end as occurred_at
        from outcomes
        where standing_label = 'violating' and (forced_at is not null or u('acts at all', case_key) < 0.88)
    ),

    -- Machines that act alone: cheap measures on a few accounts, not always rightly.
    automatic as (
        select
            'act_a' || lpad(roster.account_no::varchar, 7, '0') as action_id,
            null::bigint as case_no,
            'auto-' || person_key as case_key,
            roster.account_no,
            roster.kind,
            'account' as subject_type,
            roster.account_id as subject_id,
            case when u('auto truth', person_key) < 0.8 then 'violating' else 'benign' end as truth,
            'classifier' as source,
            null::varchar as reviewer_id,
            null::varchar as decision_id,
            'spam' as policy_id,
            'S4' as severity,
            false as is_forced,
            case when u('auto measure', person_key) < 0.7 then 'warn' else 'restrict' end as type,
            after_days(habits.active_from, u('auto when', person_key) * date_diff('hour', habits.active_from, habits.active_to) / 24.0) as occurred_at
        from roster
        join habits using (account_no, person_key)
        where roster.role = 'ordinary' and u('auto', person_key) < 0.015
    ),

    all_actions as (
        select * from decided
        union all by name
        select * from automatic
    )

select all_actions.*
from all_actions, world
where occurred_at < world.ends_at;

-- Account-level measures take effect surface by surface; a few are late, a few never.
create table effects as
select
    actions.*,
    surface,
    case
        when not is_forced and u('fails', concat_ws('-', action_id, surface)) < 0.015 then null
        when not is_forced and surface = 'mcp' and u('lags', concat_ws('-', action_id, surface)) < 0.1
        then after_days(occurred_at, 0.4 + 2 * u('lag', concat_ws('-', action_id, surface)))
        else occurred_at + to_seconds((15 + 900 * pow(u('lag', concat_ws('-', action_id, surface)), 3))::bigint)
    end as applied_at
from actions, (values ('chat'), ('api'), ('mcp')) as surfaces(surface)
where
    subject_type = 'account' and type in ('restrict', 'suspend', 'terminate')
    or subject_type = 'content' and surface = 'chat'
    or subject_type = 'mcp_server' and surface = 'mcp';

create table appeal_plan as
with

    filed as (
        select
            actions.*,
            'apl_' || substr(action_id, 5) as appeal_id,
            after_days(occurred_at, 0.1 + 9 * pow(u('appeal lag', action_id), 2)) as filed_at,
            u('overturned', action_id) < case when truth = 'violating' then 0.06 else 0.85 end as is_overturned,
            u('appeal wait', action_id) as wait_draw
        from actions
        where
            subject_type = 'account'
            and not is_forced
            and u('appeals', action_id) < case when type in ('suspend', 'terminate') then 0.45 else 0.20 end + case when truth <> 'violating' then 0.35 else 0 end
    ),

    decided as (
        select
            filed.*,
            after_days(filed_at, 0.3 + 12 * wait_draw + case when wait_draw > 0.8 then 30 else 0 end) as decided_at,
            case
                when is_overturned and u('partly', action_id) < 0.12 then 'partly_overturned'
                when is_overturned then 'overturned'
                when u('withdrawn', action_id) < 0.04 then 'withdrawn'
                else 'upheld'
            end as outcome,
            world.ends_at
        from filed, world
        where filed_at < world.ends_at
    )

select
    decided.*,
    case when outcome in ('overturned', 'partly_overturned') and type <> 'warn'
        then decided_at + to_minutes(10 + whole('reinstated', action_id, 1200))
    end as reinstated_at,
    -- Somebody else decides the appeal than decided the case.
    list_extract(
        list_filter(staff.reviewers, lambda candidate: candidate <> coalesce(reviewer_id, '')),
        1 + whole('appeal reviewer', action_id, len(staff.reviewers) - 1)
    ) as appeal_reviewer_id
from decided, (select list(reviewer_id order by place) as reviewers from eligible where pool = 'first') as staff;

-- When an account falls silent: from the last surface's effect (or never, where one failed) until
-- it was given back.
update habits
set
    paused_from = stops.paused_from,
    paused_to = stops.paused_to
from
    (
        select
            effects.account_no,
            min(stop_at) as paused_from,
            max(coalesce(reinstated_at, timestamptz '2100-01-01 00:00:00+00')) as paused_to
        from
            (
                select account_no, action_id, max(coalesce(applied_at, timestamptz '2099-01-01 00:00:00+00')) as stop_at
                from effects
                where type in ('suspend', 'terminate')
                group by account_no, action_id
            ) as effects
        left join
            (select action_id, reinstated_at from appeal_plan, world where reinstated_at < world.ends_at) as appeals
            using (action_id)
        group by effects.account_no
    ) as stops
where habits.account_no = stops.account_no;
