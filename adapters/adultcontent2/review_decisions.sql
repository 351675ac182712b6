select
    source_line,
    'adultcontent2-' || seq as decision_id,
    'adultcontent2-' || item_id as task_id,
    'adultcontent2-' || rater_id as reviewer_id,
    timestamptz '2011-01-01 00:00:00+00' + to_seconds(seq) as occurred_at,
    case label when 'G' then 'benign' when 'R' then 'violating' when 'X' then 'violating' else 'borderline' end as label,
    label as category,
    'S4' as severity,
    'as_labelled' as rationale_code,
    occurred_at as recorded_at,
    'adultcontent2' as source_system
from input
