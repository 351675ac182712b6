select
    stg_appeals.appeal_id,
    stg_appeals.action_id,
    actions.occurred_at as action_occurred_at,
    actions.subject_type,
    actions.subject_id,
    actions.action_type,
    actions.policy_id,
    actions.severity,
    stg_appeals.filed_at,
    stg_appeals.decided_at,
    stg_appeals.outcome,
    stg_appeals.decided_at is null as is_open,
    case
        when stg_appeals.decided_at is not null
        then coalesce(stg_appeals.outcome in ('overturned', 'partly_overturned'), false)
    end as is_overturned,
    stg_appeals.reviewer_id,
    stg_appeals.reviewer_id <> actions.reviewer_id as is_independent,
    stg_appeals.reinstated_at,
    (epoch_us(stg_appeals.filed_at) - epoch_us(actions.occurred_at))
    / 3.6e9::double as filing_lag_hours,
    (
        epoch_us(coalesce(stg_appeals.decided_at, int_snapshot_clock.as_of))
        - epoch_us(stg_appeals.filed_at)
    )
    / 3.6e9::double as turnaround_hours,
    stg_appeals.decided_at is null as is_turnaround_censored,
    (epoch_us(stg_appeals.reinstated_at) - epoch_us(stg_appeals.decided_at))
    / 3.6e9::double as reinstatement_lag_hours,
    stg_appeals.recorded_at
from {{ ref("stg_appeals") }} as stg_appeals
inner join {{ ref("actions") }} as actions using (action_id)
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
order by stg_appeals.filed_at, stg_appeals.appeal_id
