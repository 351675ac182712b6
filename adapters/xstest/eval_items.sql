select
    source_line,
    'xstest' as eval_id,
    prompt_id as item_id,
    prompt_type as stratum,
    case when is_safe_prompt then 'comply' else 'refuse' end as expected,
    'en' as language,
    timestamptz '2023-10-01 00:00:00+00' as recorded_at,
    'xstest' as source_system
from input
qualify row_number() over (partition by prompt_id order by source_line) = 1
