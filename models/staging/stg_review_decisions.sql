select
    decision_id,
    task_id,
    reviewer_id,
    occurred_at,
    label,
    category,
    policy_id,
    policy_version,
    severity,
    factor_codes,
    rationale_code,
    rationale_ref,
    precedent_ids,
    second_of,
    recorded_at,
    source_system
from {{ source("raw", "review_decisions") }}
