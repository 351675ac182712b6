select eval_id, item_id, cluster_id, sha256, stratum, expected, language, recorded_at, source_system
from {{ source("raw", "eval_items") }}
qualify {{ latest_record(["eval_id", "item_id"]) }}
