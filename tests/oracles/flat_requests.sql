-- A hundred clients, four thousand requests each, nothing but chance in time and length.
create table requests as
select
    'req_' || request_no as request_id,
    'acc_' || request_no % 100 as account_id,
    timestamptz '2026-03-01 00:00:00+00'
    + to_microseconds((md5_number_lower('when ' || request_no) % 259200000000)::bigint) as occurred_at,
    'api' as surface,
    case when request_no % 100 < 20 then 'model-b' else 'model-a' end as model_version,
    1 + (md5_number_lower('input ' || request_no) % 2000)::bigint as input_tokens,
    1 + (md5_number_lower('output ' || request_no) % 2000)::bigint as output_tokens,
    200 as status
from range(400000) as numbers(request_no);
