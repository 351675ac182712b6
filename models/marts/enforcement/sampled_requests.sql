select
    sample_id,
    request_id,
    account_id,
    occurred_at,
    surface,
    stratum,
    inclusion_prob,
    1 / inclusion_prob as design_weight,
    label,
    policy_id,
    labelled_at,
    recorded_at
from {{ ref("stg_prevalence_samples") }}
order by sample_id
