-- The study has no accounts of its own: one is taken to begin with its first act.
select
    source_line,
    account_id,
    to_timestamp(ts) as created_at,
    'active' as status,
    'api' as surface_signup,
    'unknown' as age_band,
    'none' as verification,
    to_timestamp(ts) as recorded_at,
    'coordination_russian' as source_system
from input
qualify row_number() over (partition by account_id order by ts, source_line) = 1
