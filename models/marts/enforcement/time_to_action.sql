with

    signs as (
        select
            signal_subjects.account_id,
            signal_subjects.detected_at as sign_at,
            'signal' as sign_kind,
            signal_subjects.signal_id as sign_id,
            signal_definitions.severity
        from {{ ref("signal_subjects") }} as signal_subjects
        inner join {{ ref("signal_definitions") }} as signal_definitions using (signal_id)
        where signal_definitions.route = 'enforcement'
        union all
        select subject_id, received_at, 'report', report_id, null
        from {{ ref("stg_user_reports") }}
        where subject_type = 'account' and subject_id is not null and coalesce(valid, true)
    ),

    first_signs as (
        select
            account_id,
            -- A window may end after the last row that we know of.
            least(sign_at, as_of) as first_sign_at,
            sign_kind,
            sign_id,
            severity,
            as_of
        from signs
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        qualify row_number() over (partition by account_id order by sign_at, sign_kind, sign_id) = 1
    ),

    account_actions as (
        select subject_id as account_id, action_id, occurred_at, action_type
        from {{ ref("actions") }}
        where subject_type = 'account' and not is_reversal
    ),

    first_actions as (
        select account_id, action_id, occurred_at, action_type
        from account_actions
        qualify row_number() over (partition by account_id order by occurred_at, action_id) = 1
    )

select
    first_signs.account_id,
    first_signs.first_sign_at,
    first_signs.sign_kind,
    first_signs.sign_id,
    first_signs.severity,
    first_actions.action_id,
    first_actions.action_type,
    first_actions.occurred_at as action_at,
    (
        epoch_us(coalesce(first_actions.occurred_at, first_signs.as_of))
        - epoch_us(first_signs.first_sign_at)
    )
    / 3.6e9::double as duration_hours,
    first_actions.action_id is null as is_censored
from first_signs
left join first_actions using (account_id)
-- Accounts that were actioned before any sign were found by other means: no wait begins for them.
where first_actions.occurred_at >= first_signs.first_sign_at or first_actions.occurred_at is null
order by first_signs.account_id
