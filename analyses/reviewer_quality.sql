select
    coalesce(reviewer_scorecard.reviewer_id, rater_quality.reviewer_id) as reviewer_id,
    coalesce(reviewer_scorecard.vendor_id, rater_quality.vendor_id) as vendor_id,
    coalesce(reviewer_scorecard.checked_count, 0) as checked_count,
    reviewer_scorecard.error_share,
    reviewer_scorecard.shrunk_error_share,
    reviewer_scorecard.shrunk_error_share_low,
    reviewer_scorecard.shrunk_error_share_high,
    coalesce(rater_quality.known_label_count, 0) as known_label_count,
    rater_quality.right_share,
    rater_quality.shrunk_right_share,
    rater_quality.shrunk_right_share_low,
    rater_quality.shrunk_right_share_high
from {{ ref("reviewer_scorecard") }} as reviewer_scorecard
full join
    {{ ref("rater_quality") }} as rater_quality
    on reviewer_scorecard.reviewer_id = rater_quality.reviewer_id
order by reviewer_scorecard.shrunk_error_share_low desc nulls last, reviewer_id
limit $limit
