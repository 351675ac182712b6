with

    cohort_actions as (
        select
            actions.action_id,
            date_trunc('month', actions.occurred_at)::date as cohort_month,
            actions.policy_id,
            actions.occurred_at <= int_snapshot_clock.as_of - interval 30 day as is_mature,
            count(appeals.appeal_id) > 0 as is_appealed,
            count(appeals.decided_at) > 0 as is_decided,
            coalesce(bool_or(appeals.is_overturned), false) as is_overturned
        from {{ ref("actions") }} as actions
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        left join {{ ref("appeals") }} as appeals using (action_id)
        where not actions.is_reversal
        group by actions.action_id, actions.occurred_at, actions.policy_id, int_snapshot_clock.as_of
    ),

    cohorts as (
        select
            cohort_month,
            policy_id,
            count(*) as action_count,
            count(*) filter (where is_mature) as mature_action_count,
            count(*) filter (where is_appealed) as appealed_count,
            count(*) filter (where is_mature and is_appealed) as mature_appealed_count,
            count(*) filter (where is_decided) as decided_count,
            count(*) filter (where is_overturned) as overturned_count
        from cohort_actions
        group by cohort_month, policy_id
    )

select
    cohort_month,
    policy_id,
    action_count,
    mature_action_count,
    appealed_count,
    mature_appealed_count,
    decided_count,
    overturned_count,
    {{ share("mature_appealed_count", "mature_action_count") }} as appeal_rate,
    {{ wilson_low("mature_appealed_count", "mature_action_count") }} as appeal_rate_low,
    {{ wilson_high("mature_appealed_count", "mature_action_count") }} as appeal_rate_high,
    {{ share("overturned_count", "decided_count") }} as overturn_rate,
    {{ wilson_low("overturned_count", "decided_count") }} as overturn_rate_low,
    {{ wilson_high("overturned_count", "decided_count") }} as overturn_rate_high,
    {{ share("overturned_count", "action_count") }} as overturned_action_share,
    {{ wilson_low("overturned_count", "action_count") }} as overturned_action_share_low,
    {{ wilson_high("overturned_count", "action_count") }} as overturned_action_share_high
from cohorts
order by cohort_month, policy_id
