select
    coverage.table_name,
    coverage.row_count,
    coverage.last_at,
    coverage.latest_recorded_at,
    case
        when coverage.is_present
        then (epoch_us(as_of) - epoch_us(coverage.latest_recorded_at)) / 3.6e9::double
    end as freshness_hours
from {{ ref("int_input_coverage") }} as coverage
cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
order by coverage.table_name
