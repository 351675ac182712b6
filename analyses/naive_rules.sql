select rule, workload, client_count, hit_count, hit_share, request_share, source
from {{ ref("benign_base_rates") }}
where surface = $surface and ($workload is null or workload = $workload)
order by rule, workload
limit $limit
