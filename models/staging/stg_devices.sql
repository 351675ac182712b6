select device_id, fingerprint_hmac, platform, first_seen_at, recorded_at, source_system
from {{ source("raw", "devices") }}
qualify {{ latest_record(["device_id"]) }}
