select
    cohort_month,
    policy_id,
    action_count,
    mature_action_count,
    mature_appealed_count,
    appeal_rate,
    appeal_rate_low,
    appeal_rate_high,
    decided_count,
    overturned_count,
    overturn_rate,
    overturn_rate_low,
    overturn_rate_high,
    overturned_action_share
from {{ ref("appeal_cohorts") }}
where
    ($policy_id is null or policy_id = $policy_id)
    and cohort_month >= $since
    and cohort_month < $until
order by cohort_month, policy_id
limit $limit
