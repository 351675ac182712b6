select
    classifier_id,
    version,
    week_starts_on,
    baseline_count,
    score_count,
    psi,
    psi_without_drift,
    drift_p_value,
    has_shifted
from {{ ref("score_drift_weeks") }}
where
    week_starts_on >= $since
    and week_starts_on < $until
    and ($classifier_id is null or classifier_id = $classifier_id)
order by week_starts_on desc, drift_p_value, classifier_id, version
limit $limit
