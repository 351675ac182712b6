select
    report_id,
    received_at,
    channel,
    surface,
    reporter_id,
    reporter_kind,
    subject_type,
    subject_id,
    reason_code,
    valid,
    invalid_reason,
    ack_at,
    automated,
    duplicate_of,
    mcp_server_version_id,
    recorded_at,
    source_system
from {{ source("raw", "user_reports") }}
qualify {{ latest_record(["report_id"]) }}
