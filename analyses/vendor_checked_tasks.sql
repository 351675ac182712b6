select
    task_id,
    queue_id,
    severity,
    reviewer_id,
    decided_at,
    first_label,
    check_label,
    true_label,
    is_settled,
    inclusion_prob,
    is_error,
    is_over_enforced,
    is_under_enforced,
    is_critical_error
from {{ ref("double_reviews") }}
where coalesce(vendor_id, 'staff') = $vendor_id and decided_at >= $since and decided_at < $until
order by decided_at, task_id
limit $limit
