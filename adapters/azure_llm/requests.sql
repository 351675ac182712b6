-- The trace does not name its requests; each is named by its place in the file.
select
    source_line,
    'azure-2023-' || source_line as request_id,
    ts as occurred_at,
    'api' as surface,
    'unknown' as model_version,
    input_tokens,
    output_tokens,
    0 as tool_calls,
    200 as status,
    case workload when 'code' then 'code' when 'conv' then 'chat_general' end as task_label,
    false as refused,
    ts as recorded_at,
    'azure_llm' as source_system
from input
