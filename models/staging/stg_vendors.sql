select vendor_id, name, recorded_at, source_system
from {{ source("raw", "vendors") }}
qualify {{ latest_record(["vendor_id"]) }}
