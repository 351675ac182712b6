select
    task_id,
    queue_id,
    created_at,
    source,
    subject_type,
    subject_id,
    severity,
    suspected_policy,
    sla_policy_id,
    due_at,
    is_golden,
    golden_item_id,
    qa_of_task_id,
    inclusion_prob,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "review_tasks"), ["task_id"]) }}
