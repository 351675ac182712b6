select
    source_line,
    'adultcontent2-' || rater_id as reviewer_id,
    'reviewer' as role,
    ['en'] as languages,
    false as child_safety_cleared,
    date '2011-01-01' as start_day,
    timestamptz '2011-01-01 00:00:00+00' as recorded_at,
    'adultcontent2' as source_system
from input
qualify row_number() over (partition by rater_id order by seq) = 1
