select
    queue_id,
    first_label,
    severity,
    decided_count,
    drawn_count,
    unsettled_count,
    smallest_inclusion_prob,
    estimated_error_count,
    error_share,
    error_share_low,
    error_share_high
from {{ ref("qa_strata") }}
order by queue_id, first_label, severity
limit $limit
