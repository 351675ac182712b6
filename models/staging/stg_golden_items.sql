select
    set_id,
    version,
    item_id,
    content_id,
    policy_id,
    policy_version,
    label,
    category,
    adjudicators,
    difficulty,
    stratum,
    canary,
    retired_at,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "golden_items"), ["set_id", "version", "item_id"]) }}
