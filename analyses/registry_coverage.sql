select registry, member_count, covered_count, covered_share, uncovered
from {{ ref("registry_coverage") }}
order by registry
limit $limit
