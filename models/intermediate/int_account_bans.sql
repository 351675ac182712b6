with

    reversals as (
        select reverses_action_id as action_id, occurred_at as reversed_at
        from {{ ref("stg_enforcement_actions") }}
        where reverses_action_id is not null
        union all
        select action_id, coalesce(reinstated_at, decided_at)
        from {{ ref("stg_appeals") }}
        where outcome = 'overturned'
    ),

    first_reversals as (
        select action_id, min(reversed_at) as reversed_at, true as is_reversed
        from reversals
        group by action_id
    ),

    bans as (
        select
            enforcement_actions.subject_id as account_id,
            action_id,
            enforcement_actions.type,
            enforcement_actions.policy_id,
            enforcement_actions.severity,
            enforcement_actions.occurred_at as banned_at,
            enforcement_actions.expires_at,
            first_reversals.reversed_at,
            first_reversals.is_reversed is null
            and coalesce(
                enforcement_actions.expires_at > int_snapshot_clock.as_of, true
            ) as is_in_force
        from {{ ref("stg_enforcement_actions") }} as enforcement_actions
        left join first_reversals using (action_id)
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where
            enforcement_actions.subject_type = 'account'
            and enforcement_actions.type in ('suspend', 'terminate')
    ),

    -- The oldest ban that still holds; an account without one keeps its newest.
    ranked_bans as (
        select
            *,
            row_number() over (
                partition by account_id
                order by
                    is_in_force desc,
                    case
                        when is_in_force
                        then {{ micros("banned_at") }}
                        else - {{ micros("banned_at") }}
                    end,
                    action_id
            ) as place
        from bans
    )

select
    account_id,
    action_id,
    type,
    policy_id,
    severity,
    banned_at,
    expires_at,
    reversed_at,
    is_in_force
from ranked_bans
where place = 1
