select
    case
        when account_id = $account_id then linked_account_id else account_id
    end as linked_account_id,
    link_type,
    shared_key_count,
    rarity_bits,
    same_verified_org,
    first_linked_at
from {{ ref("int_account_links") }}
where (account_id = $account_id or linked_account_id = $account_id) and rarity_bits >= $minimum_bits
order by rarity_bits desc, linked_account_id, link_type
limit $limit
