select
    *,
    case
        when action_ceiling in ('support', 'operations') then action_ceiling else 'enforcement'
    end as route
from {{ ref("signal_declarations") }}
