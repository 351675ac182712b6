select
    due_at,
    state,
    counter_id,
    notice_id,
    content_id,
    sender_tier,
    counter_received_at,
    forwarded_at,
    restore_from,
    restore_by,
    restored_at,
    suit_notified_at
from {{ ref("restoration_windows") }}
where due_at >= $since and ($state is null or state = $state)
order by due_at desc, notice_id, content_id
limit $limit
