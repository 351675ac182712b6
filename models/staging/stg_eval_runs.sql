select
    run_id,
    eval_id,
    eval_version,
    model_version,
    baseline_run_id,
    system_hash,
    code_revision,
    started_at,
    status,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "eval_runs"), ["run_id"]) }}
