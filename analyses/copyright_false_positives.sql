select
    stream,
    sender_tier,
    actioned_count,
    sample_count,
    wrong_count,
    false_positive_rate,
    false_positive_rate_low,
    false_positive_rate_high,
    countered_share,
    restored_count
from {{ ref("copyright_error_rates") }}
order by stream, sender_tier
limit $limit
