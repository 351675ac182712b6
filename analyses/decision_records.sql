select
    week_starts_on,
    decision_count,
    complete_count,
    decision_completeness,
    decision_completeness_low,
    decision_completeness_high,
    without_clause_count,
    without_rationale_count,
    without_second_review_count
from {{ ref("decision_weeks") }}
where week_starts_on >= $since and week_starts_on < $until
order by week_starts_on desc
limit $limit
