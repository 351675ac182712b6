select
    publisher,
    report,
    series,
    breakdown,
    period_starts_on,
    period_ends_on,
    value,
    value_text,
    recorded_at,
    source_system
from {{ source("raw", "published_counts") }}
qualify
    {{ latest_record(["publisher", "report", "series", "breakdown", "period_starts_on", "period_ends_on"]) }}
