select day, request_count, registered_count, registered_share, unregistered_surfaces
from {{ ref("surface_days") }}
where day >= $since and day < $until
order by registered_share, day desc
limit $limit
