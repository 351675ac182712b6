select org_id, kind, region, kyc_status, created_at, recorded_at, source_system
from {{ latest_records(source("raw", "organizations"), ["org_id"]) }}
