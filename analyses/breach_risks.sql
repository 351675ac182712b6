select queue_id, run_count, breach_share, breach_share_low, breach_share_high
from {{ ref("breach_risk") }}
order by breach_share desc, queue_id
limit $limit
