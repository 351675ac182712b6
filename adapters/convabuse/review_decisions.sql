select
    source_line,
    'convabuse-' || annotation_id as decision_id,
    'convabuse-' || item_id as task_id,
    'convabuse-' || rater_id as reviewer_id,
    timestamptz '2021-01-01 00:00:00+00' + to_seconds(annotation_id) as occurred_at,
    case when severity < 0 then 'violating' when severity = 0 then 'borderline' else 'benign' end as label,
    severity::varchar as category,
    'harassment' as policy_id,
    'S' || (severity + 3) as severity,
    'as_labelled' as rationale_code,
    occurred_at as recorded_at,
    'convabuse' as source_system
from input
