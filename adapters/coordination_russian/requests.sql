-- One content may act on several objects, so an act is named by both: the request is
-- `<content>:<object>`, and the content alone stays readable as the conversation.
select
    source_line,
    content_id || ':' || object_id as request_id,
    to_timestamp(ts) as occurred_at,
    'api' as surface,
    account_id,
    content_id as conversation_id,
    'unknown' as model_version,
    0 as input_tokens,
    0 as output_tokens,
    0 as tool_calls,
    200 as status,
    object_id as template_hash,
    false as refused,
    to_timestamp(ts) as recorded_at,
    'coordination_russian' as source_system
from input
