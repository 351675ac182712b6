select
    finding_id,
    eval_id,
    run_id,
    severity,
    owner,
    opened_at,
    closed_at,
    closing_run_id,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "eval_findings"), ["finding_id"]) }}
