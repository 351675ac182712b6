select report_id, content_id, received_at, due_at, removed_at, removal_hours, is_due, is_in_time
from {{ ref("intimate_image_removals") }}
where received_at >= $since and received_at < $until
order by received_at desc, report_id
limit $limit
