select device_id, fingerprint_hmac, platform, first_seen_at, recorded_at, source_system
from {{ latest_records(source("raw", "devices"), ["device_id"]) }}
