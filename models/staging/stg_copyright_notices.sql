select
    notice_id,
    received_at,
    sender_id,
    sender_tier,
    principal_id,
    work_id,
    jurisdiction,
    el_signature,
    el_work,
    el_material,
    el_contact,
    el_good_faith,
    el_authority,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "copyright_notices"), ["notice_id"]) }}
