select
    eval_id,
    version,
    suite_id,
    name,
    policy_id,
    surface,
    floor,
    max_loss,
    owner,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "evals"), ["eval_id", "version"]) }}
