select
    source_table,
    day,
    row_count,
    weekday_count,
    expected_count,
    scatter,
    usual_least,
    usual_most,
    is_unusual
from {{ ref("volume_days") }}
where
    ($source_table is null or source_table = $source_table)
    and day >= $since
    and day < $until
    and (is_unusual or not $only_unusual)
order by day desc, source_table
limit $limit
