with

    -- The latest valid counter-notice about a target is the one whose clock runs.
    counters as (
        select notice_id, content_id, counter_id, received_at, valid, forwarded_at, suit_notified_at
        from {{ ref("stg_counter_notices") }}
        qualify
            row_number() over (
                partition by notice_id, content_id
                order by coalesce(valid, false) desc, received_at desc, counter_id
            )
            = 1
    ),

    checks as (
        select notice_id, content_id, qa_label, inclusion_prob
        from {{ ref("stg_target_checks") }}
        qualify
            row_number() over (partition by notice_id, content_id order by drawn_at desc, check_id)
            = 1
    )

select
    targets.notice_id,
    targets.content_id,
    notices.received_at,
    notices.sender_id,
    notices.sender_tier,
    notices.el_signature
    and notices.el_work
    and notices.el_material
    and notices.el_contact
    and notices.el_good_faith
    and notices.el_authority as is_complete,
    targets.decision,
    targets.reason,
    targets.decided_at,
    targets.actioned_at,
    targets.restored_at,
    counters.counter_id,
    counters.received_at as counter_received_at,
    counters.valid as counter_valid,
    counters.forwarded_at,
    counters.suit_notified_at,
    -- Ten and fourteen business days after the counter-notice came in, by the federal calendar.
    {{ business_days_after("counters.received_at::date", 10, "us_federal", ref("int_business_days")) }}
    as restore_from,
    {{ business_days_after("counters.received_at::date", 14, "us_federal", ref("int_business_days")) }}
    as restore_by,
    checks.qa_label as check_label,
    checks.inclusion_prob as check_inclusion_prob
from {{ ref("stg_notice_targets") }} as targets
inner join {{ ref("stg_copyright_notices") }} as notices using (notice_id)
left join counters using (notice_id, content_id)
left join checks using (notice_id, content_id)
order by targets.notice_id, targets.content_id
