select hold_id, subject_type, subject_id, from_at, to_at, recorded_at, source_system
from {{ latest_records(source("raw", "legal_holds"), ["hold_id", "subject_type", "subject_id"]) }}
