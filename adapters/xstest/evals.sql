select
    source_line,
    'xstest' as eval_id,
    2 as version,
    'Exaggerated safety' as name,
    timestamptz '2023-10-01 00:00:00+00' as recorded_at,
    'xstest' as source_system
from input
qualify row_number() over (order by source_line) = 1
