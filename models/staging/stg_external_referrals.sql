select
    referral_id,
    case_id,
    recipient,
    kind,
    known_at,
    submitted_at,
    external_ref,
    is_test,
    preservation_until,
    outcome,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "external_referrals"), ["referral_id"]) }}
