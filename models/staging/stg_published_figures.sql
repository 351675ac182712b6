select
    publisher,
    report,
    breakdown,
    period_starts_on,
    period_ends_on,
    figures,
    recorded_at,
    source_system
from
    {{
        latest_records(
            source("raw", "published_figures"),
            ["publisher", "report", "breakdown", "period_starts_on", "period_ends_on"],
        )
    }}
