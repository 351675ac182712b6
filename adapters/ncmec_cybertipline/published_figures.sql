select
    source_line,
    'NCMEC' as publisher,
    'CyberTipline, ' || category as report,
    category || '=' || label as breakdown,
    make_date(year::bigint, 1, 1) as period_starts_on,
    make_date(year::bigint + 1, 1, 1) as period_ends_on,
    json_object(category, quantity) as figures,
    make_date(year::bigint + 1, 1, 1)::timestamptz as recorded_at,
    'ncmec' as source_system
from input
