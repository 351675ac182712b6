select
    source_line,
    'xstest-' || model as run_id,
    prompt_id as item_id,
    1 as epoch,
    grader_id,
    case grader_id when 'gpt4_label' then 'model' when 'strmatch_label' then 'rule' else 'person' end as grader_kind,
    timestamptz '2023-10-01 00:00:00+00' as occurred_at,
    label,
    timestamptz '2023-10-01 00:00:00+00' as recorded_at,
    'xstest' as source_system
from input
