select
    source_line,
    'convabuse-' || rater_id as reviewer_id,
    'reviewer' as role,
    ['en'] as languages,
    false as child_safety_cleared,
    date '2021-01-01' as start_day,
    timestamptz '2021-01-01 00:00:00+00' as recorded_at,
    'convabuse' as source_system
from input
qualify row_number() over (partition by rater_id order by annotation_id) = 1
