select
    score_id,
    content_id,
    request_id,
    account_id,
    classifier_id,
    version,
    score,
    fired,
    inclusion_prob,
    occurred_at,
    recorded_at,
    source_system
from {{ source("raw", "classifier_scores") }}
