select
    review_work.task_id,
    review_work.queue_id,
    review_work.severity,
    review_work.created_at,
    review_work.due_at,
    review_work.first_decided_at,
    review_work.paused_hours,
    review_work.is_decided_in_time,
    review_work.state,
    review_work.reviewer_id,
    review_work.vendor_id
from {{ ref("review_work") }} as review_work
where
    review_work.is_due
    and not review_work.is_golden
    and review_work.qa_of_task_id is null
    and review_work.due_at >= $since
    and review_work.due_at < $until
    and ($queue_id is null or review_work.queue_id = $queue_id)
    and ($vendor_id is null or review_work.vendor_id = $vendor_id)
order by review_work.due_at, review_work.task_id
limit $limit
