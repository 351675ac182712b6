select
    source_line,
    'convabuse-' || item_id as task_id,
    'harassment' as queue_id,
    timestamptz '2021-01-01 00:00:00+00' as created_at,
    'proactive' as source,
    'conversation' as subject_type,
    item_id as subject_id,
    'S4' as severity,
    'harassment' as suspected_policy,
    'S4' as sla_policy_id,
    timestamptz '2021-01-08 00:00:00+00' as due_at,
    false as is_golden,
    timestamptz '2021-01-01 00:00:00+00' as recorded_at,
    'convabuse' as source_system
from input
qualify row_number() over (partition by item_id order by annotation_id) = 1
