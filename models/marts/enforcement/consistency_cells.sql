with

    surface_counts as (
        select actions.action_id, int_requests.surface, count(*) as request_count
        from {{ ref("actions") }} as actions
        inner join
            {{ ref("int_requests") }} as int_requests
            on actions.subject_id = int_requests.account_id
        where int_requests.occurred_at < actions.occurred_at
        group by actions.action_id, int_requests.surface
    ),

    main_surfaces as (
        select action_id, surface
        from surface_counts
        qualify row_number() over (partition by action_id order by request_count desc, surface) = 1
    )

select
    actions.action_id,
    actions.occurred_at,
    actions.subject_id as account_id,
    main_surfaces.surface,
    actions.policy_id,
    actions.severity,
    -- Strikes before this one: what it added is part of the answer, not of the facts.
    case
        when actions.strikes_in_force - actions.strikes <= 0
        then '0'
        when actions.strikes_in_force - actions.strikes <= 2
        then '1-2'
        else '3+'
    end as prior_strikes,
    actions.action_type,
    actions.decision_mode,
    actions.reviewer_id
from {{ ref("actions") }} as actions
inner join main_surfaces using (action_id)
where
    actions.subject_type = 'account'
    and not actions.is_reversal
    and actions.action_type <> 'report_out'
order by actions.action_id
