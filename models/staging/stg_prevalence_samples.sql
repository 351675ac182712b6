select
    sample_id,
    request_id,
    account_id,
    occurred_at,
    surface,
    stratum,
    inclusion_prob,
    label,
    policy_id,
    labelled_at,
    recorded_at,
    source_system
from {{ latest_records(source("raw", "prevalence_samples"), ["sample_id"]) }}
