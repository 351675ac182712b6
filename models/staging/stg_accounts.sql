select
    account_id,
    created_at,
    status,
    surface_signup,
    email_hmac,
    email_domain,
    email_pattern,
    phone_hmac,
    declared_country,
    age_band,
    verification,
    referral_account_id,
    deleted_at,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "accounts"), ["account_id"]) }}
