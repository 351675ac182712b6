select
    content_id,
    request_id,
    account_id,
    kind,
    sha256,
    pdq_hex,
    pdq_quality,
    public,
    created_at,
    removed_at,
    recorded_at,
    source_system
from {{ source("raw", "content_objects") }}
