with

    reversals as (
        select reverses_action_id as action_id, occurred_at as reversed_at, 'action' as reversed_by
        from {{ ref("stg_enforcement_actions") }}
        where reverses_action_id is not null
        union all
        -- An appeal may be granted without an action in the ledger.
        select action_id, coalesce(reinstated_at, decided_at), 'appeal'
        from {{ ref("stg_appeals") }}
        where outcome = 'overturned'
    ),

    first_reversals as (
        select
            action_id,
            reversed_at,
            bool_or(reversed_by = 'appeal') over (partition by action_id) as by_appeal
        from reversals
        qualify row_number() over (partition by action_id order by reversed_at) = 1
    ),

    effects as (
        select
            action_id,
            count(*) as surface_count,
            count(applied_at) as applied_surface_count,
            count(*) filter (
                where applied_at is null and failed_reason is not null
            ) as failed_surface_count,
            max(applied_at) as last_applied_at
        from {{ ref("stg_action_effects") }}
        group by action_id
    ),

    ledger as (
        select
            stg_enforcement_actions.*,
            coalesce(action_types.is_terminal, false) as is_terminal,
            coalesce(action_types.stops_service, false) as stops_service,
            coalesce(action_types.is_reversal, false) as is_reversal,
            stg_review_decisions.reviewer_id,
            first_reversals.reversed_at,
            case
                when first_reversals.by_appeal
                then 'appeal'
                when first_reversals.reversed_at is not null
                then 'own'
            end as reversed_by,
            least(first_reversals.reversed_at, stg_enforcement_actions.expires_at) as ends_at,
            int_snapshot_clock.as_of
        from {{ ref("stg_enforcement_actions") }} as stg_enforcement_actions
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        left join
            {{ ref("action_types") }} as action_types
            on stg_enforcement_actions.type = action_types.action_type
            and {{ valid_at("stg_enforcement_actions.occurred_at", "action_types") }}
        left join {{ ref("stg_review_decisions") }} as stg_review_decisions using (decision_id)
        left join first_reversals using (action_id)
    ),

    served_requests as (
        select ledger.action_id, count(*) as served_after_count
        from ledger
        inner join
            {{ ref("int_requests") }} as int_requests on ledger.subject_id = int_requests.account_id
        where
            ledger.subject_type = 'account'
            and ledger.stops_service
            and int_requests.occurred_at >= ledger.occurred_at
            and (int_requests.occurred_at < ledger.ends_at or ledger.ends_at is null)
            and int_requests.status >= 200
            and int_requests.status < 300
        group by ledger.action_id
    ),

    -- A report by a trusted flagger that came before the action.
    flagged as (
        select distinct ledger.action_id
        from ledger
        inner join {{ ref("stg_user_reports") }} as user_reports using (subject_type, subject_id)
        where
            user_reports.reporter_kind = 'trusted_flagger'
            and user_reports.received_at <= ledger.occurred_at
            and coalesce(user_reports.valid, true)
    ),

    strikes_then as (
        select ledger.action_id, sum(earlier.strikes)::bigint as strikes_in_force
        from ledger
        inner join ledger as earlier using (subject_type, subject_id)
        where
            (earlier.occurred_at, earlier.action_id) <= (ledger.occurred_at, ledger.action_id)
            and (earlier.ends_at > ledger.occurred_at or earlier.ends_at is null)
        group by ledger.action_id
    )

select
    ledger.action_id,
    ledger.occurred_at,
    ledger.subject_type,
    ledger.subject_id,
    ledger.type as action_type,
    ledger.is_terminal,
    ledger.stops_service,
    ledger.is_reversal,
    ledger.policy_id,
    ledger.policy_version,
    ledger.severity,
    ledger.basis,
    case
        when ledger.basis = 'notice' and flagged.action_id is not null
        then 'trusted_flagger'
        else ledger.basis
    end as source,
    ledger.basis = 'own' as is_proactive,
    case when ledger.automated_detection then 'automated' else 'not' end as detection_mode,
    ledger.automated_decision as decision_mode,
    ledger.automated_detection,
    ledger.automated_decision,
    ledger.decision_id,
    ledger.reviewer_id,
    ledger.case_id,
    ledger.strikes,
    coalesce(strikes_then.strikes_in_force, 0) as strikes_in_force,
    ledger.expires_at,
    ledger.execute_after,
    ledger.notified_at,
    ledger.reverses_action_id,
    ledger.reversed_at,
    ledger.reversed_by,
    (epoch_us(ledger.reversed_at) - epoch_us(ledger.occurred_at))
    / 3.6e9::double as reversal_lag_hours,
    ledger.reversed_at is not null
    and ledger.reversed_at::date = ledger.occurred_at::date as is_reversed_same_day,
    not ledger.is_reversal
    and (ledger.ends_at > ledger.as_of or ledger.ends_at is null) as is_in_force,
    coalesce(effects.surface_count, 0) as surface_count,
    coalesce(effects.applied_surface_count, 0) as applied_surface_count,
    coalesce(effects.failed_surface_count, 0) as failed_surface_count,
    case
        when effects.applied_surface_count = effects.surface_count then effects.last_applied_at
    end as applied_everywhere_at,
    case
        when effects.applied_surface_count = effects.surface_count
        then (epoch_us(effects.last_applied_at) - epoch_us(ledger.occurred_at)) / 3.6e9::double
    end as propagation_lag_hours,
    case
        when ledger.stops_service and ledger.subject_type = 'account'
        then coalesce(served_requests.served_after_count, 0)
    end as served_after_count,
    ledger.recorded_at
from ledger
left join effects using (action_id)
left join served_requests using (action_id)
left join strikes_then using (action_id)
left join flagged using (action_id)
order by ledger.occurred_at, ledger.action_id
