select
    flag_id,
    request_id,
    work_id,
    occurred_at,
    overlap,
    blocked,
    inclusion_prob,
    qa_label,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "similarity_flags"), ["flag_id"]) }}
