select
    due_month,
    queue_id,
    vendor_id,
    due_count,
    attainment,
    attainment_low,
    attainment_high,
    net_attainment,
    target,
    against_terms
from {{ ref("sla_attainment") }}
where
    due_month >= $since
    and due_month < $until
    and ($vendor_id is null or vendor_id = $vendor_id)
    and ($queue_id is null or queue_id = $queue_id)
order by due_month desc, queue_id, vendor_id, term
limit $limit
