with

    action_surfaces as (
        select action_id, surface
        from {{ ref("stg_action_effects") }}
        union all
        -- Over all surfaces an action counts once, so this row is not the sum of the others.
        select action_id, 'all'
        from {{ ref("actions") }}
    )

select
    actions.occurred_at::date as action_date,
    action_surfaces.surface,
    actions.policy_id,
    count(*) as action_count,
    count(distinct actions.subject_id) filter (
        where actions.subject_type = 'account' and actions.is_terminal
    ) as accounts_actioned,
    count(*) filter (where actions.is_terminal) as terminal_count,
    count(*) filter (where actions.is_proactive) as proactive_count,
    count(*) filter (where actions.automated_detection) as automated_detection_count,
    count(*) filter (where actions.automated_decision = 'fully') as automated_fully_count,
    count(*) filter (where actions.automated_decision = 'partially') as automated_partially_count,
    count(*) filter (where actions.reversed_at is not null) as reversed_count,
    count(*) filter (where actions.is_reversed_same_day) as reversed_same_day_count,
    count(*) filter (where actions.reversed_by = 'appeal') as reversed_on_appeal_count,
    count(*) filter (where actions.is_proactive)::double / count(*) as proactive_share,
    {{ wilson_low("proactive_count", "action_count") }} as proactive_share_low,
    {{ wilson_high("proactive_count", "action_count") }} as proactive_share_high,
    count(*) filter (where actions.automated_decision in ('fully', 'partially'))::double
    / count(*) as automation_share,
    {{ wilson_low("automated_fully_count + automated_partially_count", "action_count") }}
    as automation_share_low,
    {{ wilson_high("automated_fully_count + automated_partially_count", "action_count") }}
    as automation_share_high
from action_surfaces
inner join {{ ref("actions") }} as actions using (action_id)
where not actions.is_reversal
group by actions.occurred_at::date, action_surfaces.surface, actions.policy_id
order by action_date, surface, policy_id
