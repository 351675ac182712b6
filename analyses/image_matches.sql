select
    occurred_at,
    match_id,
    content_id,
    account_id,
    list_id,
    distance,
    pdq_quality,
    is_exact,
    opinion,
    entry_status
from {{ ref("feat_hash_matches") }}
where
    ($account_id is null or account_id = $account_id)
    and occurred_at >= $since
    and occurred_at < $until
    and distance <= $maximum_distance
order by occurred_at, match_id
limit $limit
