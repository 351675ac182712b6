-- Conversations, as they stand when they fall silent.
create or replace table block_conversations as
select
    conversation_id,
    any_value(account_id) as account_id,
    'chat' as surface,
    min(occurred_at) as started_at,
    count(*) as turns,
    case when any_value(org_id) is null then 'consumer' else 'commercial' end as retention_class,
    case when draw(min(request_key), 50) % 100 < 3 then max(occurred_at) + interval 5 minute end as deleted_at,
    max(occurred_at) + interval 5 minute as recorded_at,
    'chat_service' as source_system,
    min(day_no) as release_day
from block_requests as block
where conversation_id is not null
group by conversation_id;
