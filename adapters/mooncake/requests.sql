-- The trace's clock starts at 0 ms; where on the calendar is our choice (see adapter.yml).
select
    source_line,
    'mooncake-' || request_id as request_id,
    timestamptz '2024-11-01 00:00:00+00' + to_milliseconds(ts_ms) as occurred_at,
    'chat' as surface,
    'unknown' as model_version,
    input_tokens,
    output_tokens,
    0 as tool_calls,
    200 as status,
    prefix_block_hashes,
    false as refused,
    timestamptz '2024-11-01 00:00:00+00' + to_milliseconds(ts_ms) as recorded_at,
    'mooncake' as source_system
from input
