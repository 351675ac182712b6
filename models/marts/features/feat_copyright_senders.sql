with

    senders as (
        select
            sender_id,
            {{ last_by("sender_tier", ["received_at", "notice_id"]) }} as sender_tier,
            count(*) as notice_count,
            count(*) filter (
                where
                    not (
                        el_signature
                        and el_work
                        and el_material
                        and el_contact
                        and el_good_faith
                        and el_authority
                    )
            ) as incomplete_count,
            min(received_at) as first_at,
            max(received_at) as last_at
        from {{ ref("stg_copyright_notices") }}
        group by sender_id
    ),

    decided_targets as (
        select
            copyright_notices.sender_id,
            count(*) as decided_target_count,
            count(*) filter (
                where notice_targets.reason = 'false_assertion'
            ) as false_assertion_count
        from {{ ref("stg_notice_targets") }} as notice_targets
        inner join {{ ref("stg_copyright_notices") }} as copyright_notices using (notice_id)
        where notice_targets.decision is not null
        group by copyright_notices.sender_id
    ),

    answered_notices as (
        select copyright_notices.sender_id, count(*) as counter_notice_count
        from {{ ref("stg_counter_notices") }} as counter_notices
        inner join {{ ref("stg_copyright_notices") }} as copyright_notices using (notice_id)
        group by copyright_notices.sender_id
    )

select
    sender_id,
    senders.sender_tier,
    senders.notice_count,
    senders.incomplete_count,
    coalesce(decided_targets.decided_target_count, 0) as decided_target_count,
    coalesce(decided_targets.false_assertion_count, 0) as false_assertion_count,
    decided_targets.false_assertion_count
    / decided_targets.decided_target_count as false_assertion_share,
    coalesce(answered_notices.counter_notice_count, 0) as counter_notice_count,
    senders.first_at,
    senders.last_at
from senders
left join decided_targets using (sender_id)
left join answered_notices using (sender_id)
