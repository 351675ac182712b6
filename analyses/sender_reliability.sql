select
    sender_id,
    sender_tier,
    notice_count,
    decided_target_count,
    false_assertion_count,
    false_assertion_share,
    abuse_share,
    abuse_share_low,
    abuse_share_high,
    tier_mean,
    is_above_tier
from {{ ref("sender_abuse") }}
where notice_count >= $minimum_notices
order by abuse_share_low desc, sender_id
limit $limit
