select
    run_id, item_id, epoch, grader_id, grader_kind, occurred_at, label, recorded_at, source_system
from {{ source("raw", "eval_grades") }}
