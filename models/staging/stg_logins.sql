select
    login_id,
    account_id,
    occurred_at,
    ip_hmac,
    ip_prefix_hmac,
    asn,
    ip_type,
    country,
    device_id,
    ja4,
    outcome,
    recorded_at,
    source_system
from {{ source("raw", "logins") }}
