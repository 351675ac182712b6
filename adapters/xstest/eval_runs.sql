select
    source_line,
    'xstest-' || model as run_id,
    'xstest' as eval_id,
    2 as eval_version,
    model as model_version,
    timestamptz '2023-10-01 00:00:00+00' as started_at,
    'complete' as status,
    timestamptz '2023-10-01 00:00:00+00' as recorded_at,
    'xstest' as source_system
from input
qualify row_number() over (partition by model order by source_line) = 1
