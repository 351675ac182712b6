select vendor_id, name, recorded_at, source_system
from {{ latest_records(source("raw", "vendors"), ["vendor_id"]) }}
