select
    decided_at,
    decision_id,
    subject_type,
    task_source,
    queue_id,
    reviewer_id,
    label,
    policy_id,
    severity,
    factor_codes,
    rationale_code,
    precedent_ids,
    second_of,
    first_label,
    agrees_with_first
from {{ ref("int_review_decisions") }}
where subject_id = $subject_id
order by decided_at desc, decision_id
limit $limit
