select queue_id, method, day_count, wmape, covered_share, covered_share_low, covered_share_high
from {{ ref("forecast_accuracy") }}
order by queue_id, wmape nulls last, method
limit $limit
