{{
    config(
        materialized="incremental" if target.type == "duckdb" else "table",
        unique_key="conversation_id",
        meta={"follows": ["int_requests", "int_request_scores", "stg_touched_requests"]},
    )
}}
{# Said when dbt reads the project, too: it does not look behind `is_incremental`. #}
{% set touched_requests = ref("stg_touched_requests") if is_incremental() or not execute %}
with

    {% if is_incremental() %}
        touched_conversations as (
            select conversation_id
            from {{ ref("int_requests") }}
            inner join {{ touched_requests }} using (request_id)
            where conversation_id is not null
        ),
    {% endif %}

    conversation_requests as (
        select conversation_id, account_id, surface, occurred_at, task_label, target_hmac, refused
        from {{ ref("int_requests") }}
        where
            conversation_id is not null
            {% if is_incremental() %}
                and conversation_id in (select conversation_id from touched_conversations)
            {% endif %}
    ),

    target_counts as (
        select conversation_id, count(distinct target_hmac) as target_count
        from conversation_requests
        where target_hmac is not null
        group by conversation_id
    ),

    scores as (
        select
            conversation_id,
            max(threat_score) as max_threat_score,
            max(minor_indicator_score) as max_minor_score,
            max(victim_or_helper_score) as max_victim_or_helper_score
        from {{ ref("int_request_scores") }}
        where conversation_id is not null
        group by conversation_id
    ),

    conversations as (
        select
            conversation_id,
            min(account_id) as account_id,
            min(surface) as surface,
            min(occurred_at) as started_at,
            max(occurred_at) as ended_at,
            count(*) as request_count,
            count(*) filter (where refused) as refused_count,
            min(occurred_at) filter (where task_label = 'persona_building') as first_persona_at,
            min(occurred_at) filter (where task_label = 'intimacy') as first_intimacy_at,
            min(occurred_at) filter (where task_label = 'threat_script') as first_threat_at,
            min(occurred_at) filter (where task_label = 'payment_demand') as first_payment_at
        from conversation_requests
        group by conversation_id
    )

select
    conversation_id,
    conversations.account_id,
    conversations.surface,
    conversations.started_at,
    conversations.ended_at,
    conversations.request_count,
    conversations.refused_count,
    coalesce(target_counts.target_count, 0) as target_count,
    conversations.first_persona_at,
    conversations.first_intimacy_at,
    conversations.first_threat_at,
    conversations.first_payment_at,
    coalesce(
        conversations.first_persona_at < conversations.first_intimacy_at
        and conversations.first_intimacy_at
        < least(conversations.first_threat_at, conversations.first_payment_at),
        false
    ) as is_in_order,
    scores.max_threat_score,
    scores.max_minor_score,
    scores.max_victim_or_helper_score
from conversations
left join target_counts using (conversation_id)
left join scores using (conversation_id)
-- Rows of one account lie together, so that a question about it reads little.
order by conversations.account_id, conversations.started_at, conversation_id
