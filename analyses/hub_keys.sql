select
    key_type,
    key_value,
    any_value(account_count) as account_count,
    any_value(degree_cap) as degree_cap,
    bool_or(is_allowlisted) as is_allowlisted,
    count(*) as holder_count,
    list(account_id order by account_id) as holders,
    min(first_seen_at) as first_seen_at,
    max(last_seen_at) as last_seen_at
from {{ ref("int_account_keys") }}
where account_id = any($account_ids) and (is_hub or is_allowlisted)
group by key_type, key_value
order by holder_count desc, any_value(account_count) desc, key_type, key_value
limit $limit
