-- One login in two active days, from where the day's first request came; some attempts fail first.
create or replace table block_logins as
with

    first_requests as (
        select *
        from block_requests as block
        qualify row_number() over (partition by account_no, day_no order by occurred_at, request_id) = 1
    ),

    attempts as (
        select
            first_requests.*,
            attempt_no
        from first_requests, range(2) as attempts(attempt_no)
        where
            draw(request_key, 53) % 100 < 55
            and (attempt_no = 0 or draw(request_key, 54) % 100 < 5)
    )

select
    'log_' || lpad(account_no::varchar, 7, '0') || lpad(day_no::varchar, 3, '0') || attempt_no as login_id,
    account_id,
    occurred_at - to_seconds(20 + 60 * attempt_no + draw(request_key, 55) % 120) as occurred_at,
    ip_hmac,
    ip_prefix_hmac,
    asn,
    ip_type,
    country,
    login_device_id as device_id,
    't13d' || substr(header_hash, 1, 12) as ja4,
    case
        when attempt_no = 0 then 'success'
        else list_extract(['wrong_credentials', 'wrong_credentials', 'challenged', 'blocked'], 1 + draw(request_key, 56) % 4)
    end as outcome,
    recorded_at - to_seconds(10) as recorded_at,
    'identity' as source_system,
    release_day,
    request_key
from attempts;
