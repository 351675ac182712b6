select vendor_id, metric, target, valid_from, recorded_at, source_system
from {{ source("raw", "vendor_terms") }}
qualify {{ latest_record(["vendor_id", "metric", "valid_from"]) }}
