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
where
    subject_id = $subject_id
    -- A hash is judged by the objects that carry it.
    or subject_id
    in (select content_id from {{ ref("feat_hash_matches") }} where sha256 = $subject_id)
order by decided_at desc, decision_id
limit $limit
