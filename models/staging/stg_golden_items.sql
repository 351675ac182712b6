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
from {{ source("raw", "golden_items") }}
qualify {{ latest_record(["set_id", "version", "item_id"]) }}
