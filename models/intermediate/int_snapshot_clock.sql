select
    -- What others publish says nothing of how far our own data reach.
    coalesce(
        greatest(
            max(latest_recorded_at) filter (where table_name <> 'published_figures'),
            max(last_at) filter (where table_name = 'requests')
        ),
        max(latest_recorded_at)
    ) as as_of
from {{ ref("int_input_coverage") }}
