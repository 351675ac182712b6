select
    hash_matches.match_id,
    hash_matches.content_id,
    content_objects.account_id,
    hash_matches.occurred_at,
    hash_matches.distance,
    content_objects.pdq_quality,
    content_objects.sha256,
    hash_entries.type as hash_type,
    hash_entries.opinion,
    hash_entries.status as entry_status,
    hash_matches.list_id,
    hash_matches.entry_id,
    hash_matches.distance = 0 as is_exact,
    hash_matches.verified_by is not null as is_verified,
    hash_matches.feedback,
    hash_matches.feedback_at
from {{ ref("stg_hash_matches") }} as hash_matches
left join {{ ref("stg_content_objects") }} as content_objects using (content_id)
left join {{ ref("stg_hash_entries") }} as hash_entries using (list_id, entry_id)
