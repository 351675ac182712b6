select org_id, account_id, role, from_at, to_at, recorded_at, source_system
from {{ source("raw", "memberships") }}
qualify {{ latest_record(["org_id", "account_id", "from_at"]) }}
