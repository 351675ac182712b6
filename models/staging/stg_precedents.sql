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
from {{ latest_records(source("raw", "precedents"), ["precedent_id"]) }}
