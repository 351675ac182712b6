with

    sign_ups as (
        select
            account_id,
            created_at as occurred_at,
            'signed_up' as event_kind,
            concat_ws(
                ', ',
                surface_signup,
                'verification ' || verification,
                'invited by ' || referral_account_id
            ) as summary,
            'accounts' as source_table,
            account_id as source_id,
            1 as event_count
        from {{ ref("stg_accounts") }}
    ),

    deletions as (
        select account_id, deleted_at, 'deleted', 'by the holder', 'accounts', account_id, 1
        from {{ ref("stg_accounts") }}
        where deleted_at is not null
    ),

    memberships as (
        select
            account_id,
            from_at,
            'joined_organisation',
            concat_ws(', ', org_id, role),
            'memberships',
            org_id,
            1
        from {{ ref("stg_memberships") }}
    ),

    payments as (
        select
            account_id,
            added_at,
            'payment_added',
            concat_ws(', ', kind, issuer_country, case when prepaid then 'prepaid' end),
            'payment_instruments',
            instrument_id,
            1
        from {{ ref("stg_payment_instruments") }}
        where account_id is not null
    ),

    api_keys as (
        select created_by, created_at, 'api_key_made', org_id, 'api_keys', api_key_id, 1
        from {{ ref("stg_api_keys") }}
        where created_by is not null
    ),

    login_days as (
        select
            account_id,
            min(occurred_at),
            'logged_in',
            concat_ws(
                ', ',
                outcome,
                count(distinct ip_prefix_hmac) || ' networks',
                count(distinct device_id) || ' devices',
                count(distinct country) || ' countries'
            ),
            'logins',
            min(login_id),
            count(*)
        from {{ ref("stg_logins") }}
        group by account_id, {{ day_of("occurred_at") }}, outcome
    ),

    reports as (
        select
            subject_id,
            received_at,
            'reported',
            concat_ws(
                ', ',
                reason_code,
                'by ' || reporter_kind,
                case valid when true then 'valid' when false then 'invalid' end
            ),
            'user_reports',
            report_id,
            1
        from {{ ref("stg_user_reports") }}
        where subject_type = 'account' and subject_id is not null
    ),

    decisions as (
        select
            review_tasks.subject_id,
            review_decisions.occurred_at,
            'reviewed',
            concat_ws(
                ', ', review_decisions.label, review_decisions.policy_id, review_decisions.severity
            ),
            'review_decisions',
            review_decisions.decision_id,
            1
        from {{ ref("stg_review_decisions") }} as review_decisions
        inner join {{ ref("stg_review_tasks") }} as review_tasks using (task_id)
        where review_tasks.subject_type = 'account' and not review_tasks.is_golden
    ),

    actions as (
        select
            subject_id,
            occurred_at,
            'enforced',
            concat_ws(', ', type, policy_id, 'reverses ' || reverses_action_id),
            'enforcement_actions',
            action_id,
            1
        from {{ ref("stg_enforcement_actions") }}
        where subject_type = 'account'
    ),

    appeals as (
        select
            enforcement_actions.subject_id,
            appeals.appeal_id,
            appeals.filed_at,
            appeals.decided_at,
            appeals.outcome,
            enforcement_actions.action_id
        from {{ ref("stg_appeals") }} as appeals
        inner join {{ ref("stg_enforcement_actions") }} as enforcement_actions using (action_id)
        where enforcement_actions.subject_type = 'account'
    )

select *
from sign_ups
union all
select *
from deletions
union all
select *
from memberships
union all
select *
from payments
union all
select *
from api_keys
union all
select *
from login_days
union all
select *
from reports
union all
select *
from decisions
union all
select *
from actions
union all
select subject_id, filed_at, 'appealed', 'against ' || action_id, 'appeals', appeal_id, 1
from appeals
union all
select subject_id, decided_at, 'appeal_decided', outcome, 'appeals', appeal_id, 1
from appeals
where decided_at is not null
-- Rows of one account lie together, so that a question about it reads little.
order by account_id, occurred_at, event_kind, source_table, source_id
