select
    list_id,
    match_count,
    disputed_count,
    answered_count,
    verified_match_rate,
    verified_match_rate_low,
    verified_match_rate_high,
    false_match_rate,
    false_match_rate_low,
    false_match_rate_high,
    feedback_p50_hours,
    feedback_p95_hours,
    after_withdrawal_count,
    purge_lag_hours
from {{ ref("hash_list_performance") }}
order by list_id
limit $limit
