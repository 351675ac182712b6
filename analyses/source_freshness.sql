select table_name, row_count, last_at, latest_recorded_at, freshness_hours
from {{ ref("source_freshness") }}
order by freshness_hours nulls first, table_name
limit $limit
