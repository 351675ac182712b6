select hold_id, subject_type, subject_id, from_at, to_at, recorded_at, source_system
from {{ source("raw", "legal_holds") }}
qualify {{ latest_record(["hold_id", "subject_type", "subject_id"]) }}
