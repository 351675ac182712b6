with

    clocks as (
        select
            'decide on the target' as clock,
            targets.*,
            targets.received_at as started_at,
            null::date as opens_on,
            targets.received_at + to_minutes(sla_policies.decide_minutes) as due_at
        from {{ ref("int_notice_targets") }} as targets
        inner join
            {{ ref("sla_policies") }} as sla_policies
            on sla_policies.sla_policy_id = 'S3'
            and targets.received_at >= sla_policies.valid_from
            and coalesce(targets.received_at < sla_policies.valid_to, true)
        where targets.is_complete and targets.decided_at is null
        union all
        select
            'restore after the counter-notice',
            targets.*,
            targets.counter_received_at,
            targets.restore_from,
            (targets.restore_by + 1)::timestamptz
        from {{ ref("int_notice_targets") }} as targets
        where
            targets.counter_valid
            and targets.actioned_at is not null
            and targets.restored_at is null
            and targets.suit_notified_at is null
    ),

    states as (
        select
            clocks.*,
            case
                when due_at <= clock_now.as_of
                then 'overdue'
                when opens_on <= clock_now.as_of
                then 'due now'
                else 'running'
            end as state
        from clocks
        cross join {{ ref("int_snapshot_clock") }} as clock_now
    )

select
    due_at,
    state,
    clock,
    notice_id,
    content_id,
    sender_id,
    sender_tier,
    started_at,
    opens_on,
    case when clock != 'decide on the target' then counter_id end as counter_id
from states
where ($sender_id is null or sender_id = $sender_id) and ($state is null or state = $state)
order by due_at, notice_id, content_id, clock
limit $limit
