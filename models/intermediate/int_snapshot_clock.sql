select
    greatest(max(latest_recorded_at), max(last_at) filter (where table_name = 'requests')) as as_of
from {{ ref("int_input_coverage") }}
