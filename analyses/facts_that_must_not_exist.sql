select invariant, source_table, source_id, occurred_at, finding, stops_publishing, accepted_because
from {{ ref("invariant_breaches") }}
where $invariant is null or invariant = $invariant
order by invariant, source_id
limit $limit
