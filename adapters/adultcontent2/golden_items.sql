select
    source_line,
    'adultcontent2' as set_id,
    1 as version,
    'adultcontent2-' || item_id as item_id,
    'adultcontent2-' || item_id as content_id,
    'spam' as policy_id,
    1 as policy_version,
    case gold when 'G' then 'benign' when 'R' then 'violating' when 'X' then 'violating' else 'borderline' end as label,
    gold as category,
    gold as stratum,
    timestamptz '2011-01-01 00:00:00+00' as recorded_at,
    'adultcontent2' as source_system
from input
