with

    reports as (
        select
            received_at::date as received_on,
            unnest(['all', channel]) as channel,
            reason_code,
            state
        from {{ ref("user_report_states") }}
    ),

    by_reason as (
        select received_on, channel, unnest(['all', reason_code]) as reason_code, state from reports
    ),

    counts as (
        select
            received_on,
            channel,
            reason_code,
            count(*) as report_count,
            count(*) filter (where state = 'duplicate') as duplicate_count,
            count(*) filter (
                where state not in ('received', 'acknowledged', 'duplicate')
            ) as assessed_count,
            count(*) filter (
                where state in ('waiting_for_review', 'in_review', 'not_actioned', 'actioned')
            ) as valid_count,
            count(*) filter (where state in ('not_actioned', 'actioned')) as decided_count,
            count(*) filter (where state = 'actioned') as actioned_count
        from by_reason
        group by received_on, channel, reason_code
    )

select
    received_on,
    channel,
    reason_code,
    report_count,
    duplicate_count,
    assessed_count,
    valid_count,
    decided_count,
    actioned_count,
    {{ share("valid_count", "assessed_count") }} as validity_share,
    {{ wilson_low("valid_count", "assessed_count") }} as validity_share_low,
    {{ wilson_high("valid_count", "assessed_count") }} as validity_share_high,
    {{ share("actioned_count", "decided_count") }} as report_precision,
    {{ wilson_low("actioned_count", "decided_count") }} as report_precision_low,
    {{ wilson_high("actioned_count", "decided_count") }} as report_precision_high
from counts
order by received_on, channel, reason_code
