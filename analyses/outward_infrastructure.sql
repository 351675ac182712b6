with

    shared_keys as (
        select
            key_type,
            key_value,
            list(distinct account_id order by account_id) as account_ids,
            min(first_seen_at) as first_seen_at,
            max(last_seen_at) as last_seen_at,
            max(account_count) as account_count
        from {{ ref("int_account_keys") }}
        where
            account_id = any($account_ids)
            and not is_hub
            and not is_allowlisted
            and key_type in ('device', 'payment', 'ip_prefix', 'template')
        group by key_type, key_value
        having count(distinct account_id) >= 2
    )

select
    shared_keys.key_type,
    shared_keys.key_value,
    shared_keys.account_ids,
    len(shared_keys.account_ids) as case_account_count,
    shared_keys.account_count,
    int_networks.asn,
    int_networks.ip_type,
    shared_keys.first_seen_at,
    shared_keys.last_seen_at
from shared_keys
left join
    {{ ref("int_networks") }} as int_networks
    on shared_keys.key_type = 'ip_prefix'
    and shared_keys.key_value = int_networks.ip_prefix_hmac
order by case_account_count desc, shared_keys.key_type, shared_keys.key_value
limit $limit
