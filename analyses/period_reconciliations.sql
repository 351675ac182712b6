select
    publisher,
    series,
    breakdown,
    period_starts_on,
    part_kind,
    part_count,
    is_complete,
    sum_of_parts,
    printed_total,
    difference
from {{ ref("period_reconciliations") }}
where ($publisher is null or publisher = $publisher)
order by publisher, series, breakdown, period_starts_on, part_kind
limit $limit
