-- One day of made requests, in the contract's columns and order.
select
    'req_' || lpad(cast($day * $rows + number as varchar), 12, '0') as request_id,
    timestamptz '2026-03-01 00:00:00+00'
    + to_days(cast($day as integer))
    + to_microseconds(cast(hash(number, $day) % 86400000000 as bigint)) as occurred_at,
    case hash(number, 1) % 3 when 0 then 'chat' else 'api' end as surface,
    'acc_' || lpad(cast(hash(number, 2) % 50000 as varchar), 7, '0') as account_id,
    cast(null as varchar) as org_id,
    cast(null as varchar) as api_key_id,
    'conv_' || cast(hash(number, 3) % 2000000 as varchar) as conversation_id,
    'model-' || chr(cast(97 + hash(number, 4) % 3 as integer)) as model_version,
    cast(hash(number, 5) % 8000 as bigint) as input_tokens,
    cast(hash(number, 6) % 4000 as bigint) as output_tokens,
    cast(4096 as bigint) as max_tokens,
    cast(hash(number, 7) % 4 as bigint) as tool_calls,
    cast(200 as bigint) as status,
    md5(cast(hash(number, 8) % 90000 as varchar)) as ip_hmac,
    md5(cast(hash(number, 8) % 9000 as varchar)) as ip_prefix_hmac,
    cast(hash(number, 8) % 60000 as bigint) as asn,
    'DE' as country,
    'dev_' || cast(hash(number, 2) % 60000 as varchar) as device_id,
    'python-sdk' as client,
    md5(cast(hash(number, 9) % 300 as varchar)) as header_hash,
    md5(cast(hash(number, 10) % 100000 as varchar)) as template_hash,
    md5(cast(hash(number, 11) as varchar)) as slot_hash,
    hash(number, 12) as prompt_simhash,
    cast(null as bigint[]) as prefix_block_hashes,
    md5(cast(hash(number, 13) % 5000 as varchar)) as system_hash,
    'chat_general' as task_label,
    'en' as language,
    cast(null as varchar) as target_hmac,
    cast(null as varchar) as contact_hmac,
    cast(null as varchar) as place_code,
    hash(number, 14) % 100 = 0 as refused,
    timestamptz '2026-03-01 00:00:00+00'
    + to_days(cast($day as integer))
    + to_microseconds(cast(hash(number, $day) % 86400000000 as bigint)) as recorded_at,
    'gateway' as source_system
from range(cast($rows as bigint)) as made_rows(number)
