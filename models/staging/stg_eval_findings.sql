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
from {{ source("raw", "eval_findings") }}
qualify {{ latest_record(["finding_id"]) }}
