select
    actions.subject_type,
    actions.subject_id,
    count(*) as striking_action_count,
    sum(actions.strikes)::bigint as strikes_given,
    coalesce(sum(actions.strikes) filter (where actions.is_in_force), 0)::bigint
    as strikes_in_force,
    coalesce(sum(actions.strikes) filter (where actions.reversed_at is not null), 0)::bigint
    as strikes_undone,
    coalesce(
        sum(actions.strikes) filter (
            where actions.reversed_at is null and actions.expires_at <= int_snapshot_clock.as_of
        ),
        0
    )::bigint as strikes_expired,
    min(actions.expires_at) filter (where actions.is_in_force) as next_expiry_at,
    max(actions.occurred_at) as last_strike_at
from {{ ref("actions") }} as actions
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
where actions.strikes > 0 and not actions.is_reversal
group by actions.subject_type, actions.subject_id
order by actions.subject_type, actions.subject_id
