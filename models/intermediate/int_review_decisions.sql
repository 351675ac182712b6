select
    review_decisions.decision_id,
    review_decisions.task_id,
    review_tasks.subject_type,
    review_tasks.subject_id,
    review_tasks.queue_id,
    review_tasks.source as task_source,
    review_decisions.occurred_at as decided_at,
    review_decisions.reviewer_id,
    reviewers.vendor_id,
    review_decisions.label,
    review_decisions.policy_id,
    review_decisions.policy_version,
    review_decisions.severity,
    review_decisions.factor_codes,
    review_decisions.rationale_code,
    review_decisions.rationale_ref,
    review_decisions.precedent_ids,
    review_decisions.second_of,
    first_decisions.label as first_label,
    review_decisions.label = first_decisions.label as agrees_with_first
from {{ ref("stg_review_decisions") }} as review_decisions
inner join {{ ref("stg_review_tasks") }} as review_tasks using (task_id)
left join {{ ref("stg_reviewers") }} as reviewers using (reviewer_id)
left join
    {{ ref("stg_review_decisions") }} as first_decisions
    on review_decisions.second_of = first_decisions.decision_id
-- A golden item has a known answer: a decision on it says nothing about its subject.
where not review_tasks.is_golden
order by review_tasks.subject_type, review_tasks.subject_id, decided_at, decision_id
