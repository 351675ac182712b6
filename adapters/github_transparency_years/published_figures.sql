select
    source_line,
    'GitHub' as publisher,
    'DMCA takedowns, type: ' || type as report,
    'all' as breakdown,
    make_date(year::bigint, 1, 1) as period_starts_on,
    make_date(year::bigint + 1, 1, 1) as period_ends_on,
    json_object(type, count) as figures,
    make_date(year::bigint + 1, 1, 1)::timestamptz as recorded_at,
    'github_transparency' as source_system
from input
