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
from {{ source("raw", "similarity_flags") }}
qualify {{ latest_record(["flag_id"]) }}
