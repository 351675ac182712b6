select
    account_id,
    notice_count,
    taken_back_count,
    standing_count,
    first_standing_at,
    last_standing_at,
    is_repeat
from {{ ref("repeat_infringers") }}
where standing_count >= $minimum_standing
order by standing_count desc, account_id
limit $limit
