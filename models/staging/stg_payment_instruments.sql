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
from {{ latest_records(source("raw", "payment_instruments"), ["instrument_id"]) }}
