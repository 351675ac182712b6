select
    source_line,
    'Meta' as publisher,
    'Community Standards Enforcement, ' || metric as report,
    'app=' || app || '; policy_area=' || policy_area as breakdown,
    make_date(left(period, 4)::bigint, right(period, 1)::bigint * 3 - 2, 1) as period_starts_on,
    (make_date(left(period, 4)::bigint, right(period, 1)::bigint * 3 - 2, 1) + interval 3 month)::date as period_ends_on,
    json_object(metric, value) as figures,
    (make_date(left(period, 4)::bigint, right(period, 1)::bigint * 3 - 2, 1) + interval 3 month)::timestamptz as recorded_at,
    'meta_cser' as source_system
from input
