with

    -- Three lookups, each by one column that few conversations have: one condition with `or`
    -- would read all. What was asked in a conversation came after its start.
    threats as (
        select *
        from {{ ref("feat_conversations") }}
        where first_threat_at >= $since
        union all
        select *
        from {{ ref("feat_conversations") }}
        where first_payment_at >= $since and first_threat_at is null
        union all
        select *
        from {{ ref("feat_conversations") }}
        where
            max_threat_score >= $minimum_threat_score
            and first_threat_at is null
            and first_payment_at is null
    )

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
from threats
where
    ($account_id is null or account_id = $account_id)
    and started_at >= $since
    and started_at < $until
order by is_in_order desc nulls last, max_threat_score desc nulls last, started_at, conversation_id
limit $limit
