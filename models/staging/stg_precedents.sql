select
    precedent_id,
    policy_id,
    policy_version,
    factor_codes,
    outcome,
    rationale_ref,
    status,
    superseded_by,
    decided_at,
    recorded_at,
    source_system
from {{ source("raw", "precedents") }}
qualify {{ latest_record(["precedent_id"]) }}
