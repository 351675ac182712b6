with

    stopped as (
        select
            action_effects.action_id,
            action_effects.surface,
            action_effects.applied_at,
            actions.subject_id as account_id,
            actions.occurred_at,
            least(actions.reversed_at, actions.expires_at) as ends_at
        from {{ ref("stg_action_effects") }} as action_effects
        inner join {{ ref("actions") }} as actions using (action_id)
        where actions.subject_type = 'account' and actions.stops_service
    ),

    served as (
        select
            stopped.action_id,
            stopped.surface,
            count(*) filter (
                where int_requests.occurred_at < stopped.applied_at or stopped.applied_at is null
            ) as served_before_effect_count,
            count(*) filter (
                where int_requests.occurred_at >= stopped.applied_at
            ) as served_after_effect_count
        from stopped
        inner join
            {{ ref("int_requests") }} as int_requests
            on stopped.account_id = int_requests.account_id
            and stopped.surface = int_requests.surface
        where
            int_requests.occurred_at >= stopped.occurred_at
            and (int_requests.occurred_at < stopped.ends_at or stopped.ends_at is null)
            and int_requests.status >= 200
            and int_requests.status < 300
        group by stopped.action_id, stopped.surface
    )

select
    action_effects.action_id,
    action_effects.surface,
    actions.occurred_at,
    actions.subject_type,
    actions.subject_id,
    actions.action_type,
    actions.policy_id,
    actions.severity,
    action_effects.applied_at,
    action_effects.failed_reason,
    (
        epoch_us(coalesce(action_effects.applied_at, int_snapshot_clock.as_of))
        - epoch_us(actions.occurred_at)
    )
    / 3.6e9::double as effect_lag_hours,
    action_effects.applied_at is null as is_lag_censored,
    case
        when actions.stops_service and actions.subject_type = 'account'
        then coalesce(served.served_before_effect_count, 0)
    end as served_before_effect_count,
    case
        when actions.stops_service and actions.subject_type = 'account'
        then coalesce(served.served_after_effect_count, 0)
    end as served_after_effect_count
from {{ ref("stg_action_effects") }} as action_effects
inner join {{ ref("actions") }} as actions using (action_id)
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
left join
    served
    on action_effects.action_id = served.action_id
    and action_effects.surface = served.surface
order by action_effects.action_id, action_effects.surface
