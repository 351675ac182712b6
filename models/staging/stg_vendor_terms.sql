select vendor_id, metric, target, valid_from, recorded_at, source_system
from {{ latest_records(source("raw", "vendor_terms"), ["vendor_id", "metric", "valid_from"]) }}
