select
    occurred_at,
    match_id,
    content_id,
    account_id,
    list_id,
    entry_id,
    distance,
    pdq_quality,
    opinion,
    entry_status,
    is_verified,
    feedback
from {{ ref("feat_hash_matches") }}
where sha256 = $sha256
order by occurred_at, match_id
limit $limit
