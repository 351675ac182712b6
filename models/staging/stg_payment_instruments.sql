select
    instrument_id,
    org_id,
    account_id,
    fingerprint_hmac,
    kind,
    issuer_country,
    prepaid,
    added_at,
    recorded_at,
    source_system
from {{ source("raw", "payment_instruments") }}
qualify {{ latest_record(["instrument_id"]) }}
