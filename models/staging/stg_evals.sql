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
from {{ source("raw", "evals") }}
qualify {{ latest_record(["eval_id", "version"]) }}
