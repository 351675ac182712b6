select
    source_line,
    'GitHub' as publisher,
    'DMCA takedowns' as report,
    'all' as breakdown,
    make_date(year::bigint, month::bigint, 1) as period_starts_on,
    (make_date(year::bigint, month::bigint, 1) + interval 1 month)::date as period_ends_on,
    json_object(
        'Takedown notices or counter notice reversal',
        "Takedown Notices Processed"::bigint + "Counter Notices Reversed"::bigint + "Counter Notices Retracted"::bigint,
        'Takedown notices', "Takedown Notices Processed",
        'Takedowns', "Takedowns",
        'Counter notices, retractions or reversals processed', "Retractions, Reversals, and Counter Notices Processed",
        'Projects remaining offline', "Projects Remaining Offline"
    ) as figures,
    (make_date(year::bigint, month::bigint, 1) + interval 1 month)::timestamptz as recorded_at,
    'github_transparency' as source_system
from input
