select org_id, kind, region, kyc_status, created_at, recorded_at, source_system
from {{ source("raw", "organizations") }}
qualify {{ latest_record(["org_id"]) }}
