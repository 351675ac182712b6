-- The enforcement ledger, effects and appeals, version by version.
create table out_enforcement_actions as
with

    ledger as (
        select
            action_id, occurred_at, subject_type, subject_id, type, policy_id, severity, source, decision_id, case_no, case_key,
            null::varchar as reverses_action_id
        from actions
        union all by name
        -- What an appeal undid is an action of its own.
        select
            'act_r' || substr(action_id, 5) as action_id, reinstated_at as occurred_at, subject_type, subject_id, 'reinstate' as type, policy_id,
            severity, 'appeal' as source, 'dec_' || substr(appeal_id, 5) || 'a' as decision_id, case_no, case_key || '-r' as case_key,
            action_id as reverses_action_id
        from appeal_plan
        where reinstated_at is not null
        union all by name
        -- Apparent child exploitation and live extortion are reported out within the day.
        select
            'act_o' || substr(action_id, 5) as action_id, after_days(occurred_at, 0.02 + 0.8 * u('reported out', action_id)) as occurred_at, subject_type,
            subject_id, 'report_out' as type, policy_id, severity, source, decision_id, case_no, case_key || '-o' as case_key, null as reverses_action_id
        from actions
        where severity in ('S0', 'S1')
    )

select
    action_id,
    occurred_at,
    subject_type,
    subject_id,
    type,
    policy_id,
    1 + (occurred_at >= timestamptz '2026-04-15 00:00:00+00')::integer as policy_version,
    severity,
    case
        when source = 'notice' then 'notice'
        when source = 'user_report' then 'notice'
        when u('lead', case_key) < 0.03 then 'external_lead'
        else 'own'
    end as basis,
    source in ('signal', 'classifier', 'hash_match') as automated_detection,
    case
        when decision_id is null then 'fully'
        when source in ('classifier', 'hash_match') and type <> 'reinstate' then 'partially'
        else 'not'
    end as automated_decision,
    decision_id,
    case when case_no is not null and u('case file', case_key) < 0.3 then 'case_' || lpad((case_no // 5)::varchar, 5, '0') end as case_id,
    case type when 'warn' then 1 when 'restrict' then 2 when 'suspend' then 3 when 'terminate' then 4 else 0 end as strikes,
    case
        when type = 'restrict' then occurred_at + interval 14 day
        when type = 'suspend' and u('expires', case_key) < 0.3 then occurred_at + interval 30 day
    end as expires_at,
    reverses_action_id,
    case when type in ('suspend', 'terminate') and u('timed', case_key) < 0.1 then occurred_at + interval 2 hour end as execute_after,
    case when type <> 'report_out' and u('told', case_key) < 0.95 then occurred_at + to_minutes(2 + whole('told', case_key, 60)) end as notified_at,
    occurred_at + interval 4 second as recorded_at,
    'enforcement' as source_system
from ledger, world
where occurred_at < ends_at;

create table again_enforcement_actions as
select * from out_enforcement_actions where u('sent again', action_id) < 0.015;

create table out_action_effects as
with

    pending as (
        select
            action_id,
            surface,
            occurred_at,
            case when applied_at < ends_at then applied_at end as applied_at,
            case when applied_at is null then 'surface_did_not_answer' end as failed_reason
        from effects, world
    )

select
    action_id, surface, null::timestamptz as applied_at, null::varchar as failed_reason, occurred_at + interval 5 second as recorded_at,
    'enforcement' as source_system
from pending
union all
select action_id, surface, applied_at, null, applied_at + interval 6 second, 'enforcement'
from pending, world
where applied_at + interval 6 second < ends_at
union all
select action_id, surface, null, failed_reason, occurred_at + interval 30 minute, 'enforcement'
from pending, world
where failed_reason is not null and occurred_at + interval 30 minute < ends_at;

create table out_appeals as
select
    appeal_id, action_id, filed_at, null::timestamptz as decided_at, null::varchar as reviewer_id, null::varchar as outcome,
    null::timestamptz as reinstated_at, filed_at + interval 5 second as recorded_at, 'appeals' as source_system
from appeal_plan
union all
select appeal_id, action_id, filed_at, decided_at, appeal_reviewer_id, outcome, null, decided_at + interval 5 second, 'appeals'
from appeal_plan
where decided_at + interval 5 second < ends_at
union all
select appeal_id, action_id, filed_at, decided_at, appeal_reviewer_id, outcome, reinstated_at, reinstated_at + interval 5 second, 'appeals'
from appeal_plan
where reinstated_at + interval 5 second < ends_at;

-- The delisted leave the directory.
create table out_mcp_servers as
with

    delisted as (
        select subject_id as server_id, min(occurred_at) as delisted_at
        from actions
        where type = 'delist'
        group by subject_id
    )

select
    server_id, 'pub_' || substr(hmac('publisher', server_no), 1, 8) as publisher_id, true as listed, listed_at, null::timestamptz as delisted_at,
    listed_at + interval 1 minute as recorded_at, 'directory' as source_system
from servers
union all
select
    server_id, 'pub_' || substr(hmac('publisher', server_no), 1, 8), false, listed_at, delisted_at, delisted_at + interval 1 minute, 'directory'
from servers
join delisted using (server_id);

-- An account's state changes with what was done to it, or when its holder leaves.
insert into out_accounts
with

    changes as (
        select
            account_no,
            case type when 'terminate' then 'terminated' when 'suspend' then 'suspended' else 'restricted' end as status,
            null::timestamptz as deleted_at,
            max(coalesce(applied_at, occurred_at)) as changed_at
        from effects
        where subject_type = 'account'
        group by account_no, action_id, type
        union all
        select account_no, 'active', null, reinstated_at
        from appeal_plan
        where reinstated_at is not null
        union all
        select habits.account_no, 'deleted', active_to, active_to
        from habits, world
        where kind = 'consumer' and active_to < ends_at
    )

select out_accounts.* replace (changes.status as status, changes.deleted_at as deleted_at, changed_at + interval 8 second as recorded_at)
from changes
join roster using (account_no)
join out_accounts using (account_id)
cross join world
where changed_at + interval 8 second < ends_at;
