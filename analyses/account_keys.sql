select
    key_type,
    key_value,
    account_count,
    degree_cap,
    is_hub,
    is_allowlisted,
    joins_alone,
    rarity_bits,
    first_seen_at,
    last_seen_at,
    event_count
from {{ ref("int_account_keys") }}
where account_id = $account_id
order by rarity_bits desc, key_type, key_value
limit $limit
