select
    table_name, day, last_recorded_hour, hours_behind, expected_hours, scatter, z_score, is_unusual
from {{ ref("freshness_days") }}
where
    ($table_name is null or table_name = $table_name)
    and day >= $since
    and day < $until
    and (is_unusual or not $only_unusual)
order by day desc, table_name
limit $limit
