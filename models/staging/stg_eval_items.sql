select eval_id, item_id, cluster_id, sha256, stratum, expected, language, recorded_at, source_system
from {{ latest_records(source("raw", "eval_items"), ["eval_id", "item_id"]) }}
