select
    run_id,
    item_id,
    epoch,
    occurred_at,
    passed,
    score,
    label,
    grader_version,
    error,
    recorded_at,
    source_system
from {{ source("raw", "eval_results") }}
