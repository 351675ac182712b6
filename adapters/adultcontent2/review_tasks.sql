select
    source_line,
    'adultcontent2-' || item_id as task_id,
    'general' as queue_id,
    timestamptz '2011-01-01 00:00:00+00' as created_at,
    'proactive' as source,
    'content' as subject_type,
    'adultcontent2-' || item_id as subject_id,
    'S4' as severity,
    'S4' as sla_policy_id,
    timestamptz '2011-01-08 00:00:00+00' as due_at,
    false as is_golden,
    timestamptz '2011-01-01 00:00:00+00' as recorded_at,
    'adultcontent2' as source_system
from input
qualify row_number() over (partition by item_id order by seq) = 1
