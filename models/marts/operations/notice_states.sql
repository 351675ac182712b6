with

    targets as (
        select
            targets.notice_id,
            count(*) as target_count,
            count(targets.decided_at) as decided_count,
            count(targets.actioned_at) as actioned_count,
            count(targets.restored_at) as restored_count,
            count(windows.counter_id) filter (
                where windows.state in ('waiting', 'due now', 'overdue')
            ) as countered_count,
            count(windows.counter_id) filter (where windows.state = 'in court') as in_court_count,
            max(targets.decided_at) as last_decided_at
        from {{ ref("int_notice_targets") }} as targets
        left join {{ ref("restoration_windows") }} as windows using (notice_id, content_id)
        group by targets.notice_id
    ),

    notices as (
        select
            *,
            list_filter(
                [
                    case when not el_signature then 'signature' end,
                    case when not el_work then 'work' end,
                    case when not el_material then 'material' end,
                    case when not el_contact then 'contact' end,
                    case when not el_good_faith then 'good faith' end,
                    case when not el_authority then 'authority' end
                ],
                lambda element:element is not null
            ) as missing_elements
        from {{ ref("stg_copyright_notices") }}
    )

select
    notices.notice_id,
    notices.received_at,
    notices.sender_id,
    notices.sender_tier,
    notices.jurisdiction,
    notices.missing_elements,
    len(notices.missing_elements) = 0 as is_complete,
    coalesce(targets.target_count, 0) as target_count,
    coalesce(targets.decided_count, 0) as decided_count,
    coalesce(targets.actioned_count, 0) as actioned_count,
    coalesce(targets.restored_count, 0) as restored_count,
    case
        when targets.decided_count = targets.target_count
        then (epoch_us(targets.last_decided_at) - epoch_us(notices.received_at)) / 3.6e9::double
    end as decision_hours,
    case
        when len(notices.missing_elements) > 0
        then 'incomplete'
        when targets.target_count is null
        then 'without target'
        when targets.decided_count = 0
        then 'received'
        when targets.decided_count < targets.target_count
        then 'partly decided'
        when targets.in_court_count > 0
        then 'in court'
        when targets.countered_count > 0
        then 'counter-notice running'
        when targets.actioned_count = 0
        then 'rejected'
        when targets.restored_count = targets.actioned_count
        then 'restored'
        else 'actioned'
    end as state
from notices
left join targets using (notice_id)
order by notices.received_at, notices.notice_id
