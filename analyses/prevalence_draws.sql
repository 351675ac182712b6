select
    sample_id,
    request_id,
    account_id,
    occurred_at,
    surface,
    stratum,
    inclusion_prob,
    design_weight,
    label,
    policy_id,
    labelled_at
from {{ ref("sampled_requests") }}
where
    ($label is null or label = $label)
    and ($surface is null or surface = $surface)
    and occurred_at >= $since
    and occurred_at < $until
order by occurred_at, sample_id
limit $limit
