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
from {{ source("raw", "external_referrals") }}
qualify {{ latest_record(["referral_id"]) }}
