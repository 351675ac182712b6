select
    report_id,
    state,
    received_at,
    channel,
    surface,
    reporter_kind,
    subject_type,
    subject_id,
    reason_code,
    ack_wait_hours,
    is_ack_censored,
    is_valid,
    invalid_reason,
    duplicate_of,
    tasked_at,
    decided_at,
    actioned_at
from {{ ref("user_report_states") }}
where
    ($state is null or state = $state)
    and ($channel is null or channel = $channel)
    and received_at >= $since
    and received_at < $until
order by received_at, report_id
limit $limit
