select
    conversation_id,
    account_id,
    surface,
    started_at,
    ended_at,
    request_count,
    target_count,
    first_persona_at,
    first_intimacy_at,
    first_threat_at,
    first_payment_at,
    is_in_order,
    max_threat_score,
    max_minor_score,
    max_victim_or_helper_score,
    refused_count
from {{ ref("feat_conversations") }}
where
    ($account_id is null or account_id = $account_id)
    and started_at >= $since
    and started_at < $until
    and (
        first_threat_at is not null
        or first_payment_at is not null
        or max_threat_score >= $minimum_threat_score
    )
order by is_in_order desc nulls last, max_threat_score desc nulls last, started_at, conversation_id
limit $limit
