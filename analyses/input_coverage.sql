select
    table_name,
    is_present,
    row_count,
    first_at,
    last_at,
    latest_recorded_at,
    date_diff('second', latest_recorded_at, as_of) / 3600 as hours_behind
from {{ ref("int_input_coverage") }}
cross join {{ ref("int_snapshot_clock") }}
order by table_name
limit $limit
