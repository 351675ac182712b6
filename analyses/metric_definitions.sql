select
    metric_id,
    name,
    formula,
    grain,
    unit,
    clock,
    cohort,
    denominator,
    counting_unit,
    direction,
    consumer,
    model_name,
    column_name,
    interval_method,
    listed_by,
    page,
    caveats,
    missing_reason,
    changed_on,
    change_note
from {{ ref("metric_definitions") }}
where ($metric_id is null or metric_id = $metric_id) and ($page is null or page = $page)
order by metric_id, name
limit $limit
