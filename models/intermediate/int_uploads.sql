select
    content_id, request_id, account_id, kind, sha256, pdq_hex, pdq_quality, created_at, removed_at
from {{ ref("stg_content_objects") }}
