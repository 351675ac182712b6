select gate, place, row_key, row_values, promise
from {{ ref("rows_in_breach") }}
where $gate is null or gate = $gate
order by gate, place
limit $limit
