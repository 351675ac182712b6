select org_id, account_id, role, from_at, to_at, recorded_at, source_system
from {{ latest_records(source("raw", "memberships"), ["org_id", "account_id", "from_at"]) }}
