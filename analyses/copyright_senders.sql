select
    sender_id,
    sender_tier,
    notice_count,
    incomplete_count,
    decided_target_count,
    false_assertion_count,
    false_assertion_share,
    counter_notice_count,
    first_at,
    last_at
from {{ ref("feat_copyright_senders") }}
where ($sender_id is null or sender_id = $sender_id) and notice_count >= $minimum_notices
order by false_assertion_count desc, notice_count desc, sender_id
limit $limit
