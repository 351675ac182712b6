select
    classifier_id,
    version,
    score_count,
    violating_count,
    fired_count,
    threshold_precision,
    threshold_precision_low,
    threshold_precision_high,
    threshold_recall,
    threshold_recall_low,
    threshold_recall_high,
    average_precision,
    brier,
    ece,
    has_enough
from {{ ref("classifier_performance") }}
order by classifier_id, version
limit $limit
