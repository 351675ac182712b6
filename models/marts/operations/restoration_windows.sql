with

    counters as (
        select
            *,
            restore_from::timestamptz as opens_at,
            -- The last day is inside.
            (restore_by + 1)::timestamptz as due_at
        from {{ ref("int_notice_targets") }}
        where counter_valid and actioned_at is not null
    )

select
    counter_id,
    notice_id,
    content_id,
    sender_id,
    sender_tier,
    counter_received_at,
    forwarded_at,
    restore_from,
    restore_by,
    due_at,
    suit_notified_at,
    restored_at,
    suit_notified_at is null and due_at <= as_of as is_due,
    case
        when suit_notified_at is not null and restored_at is null
        then 'in court'
        when restored_at < opens_at
        then 'restored early'
        when restored_at < due_at
        then 'restored on time'
        when restored_at is not null
        then 'restored late'
        when due_at <= as_of
        then 'overdue'
        when opens_at <= as_of
        then 'due now'
        else 'waiting'
    end as state,
    case
        when suit_notified_at is null and due_at <= as_of
        then coalesce(restored_at >= opens_at and restored_at < due_at, false)
    end as is_on_time
from counters
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
order by counter_received_at, notice_id, content_id
