select
    publisher,
    report,
    breakdown,
    period_starts_on,
    period_ends_on,
    figures,
    recorded_at,
    source_system
from {{ source("raw", "published_figures") }}
qualify
    {{ latest_record(["publisher", "report", "breakdown", "period_starts_on", "period_ends_on"]) }}
