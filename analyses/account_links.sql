with

    -- A pair stands once, so the account may be on either side of it. Two lookups, each by one
    -- column, read less than one with `or`.
    links as (
        select
            linked_account_id,
            link_type,
            shared_key_count,
            rarity_bits,
            same_verified_org,
            first_linked_at
        from {{ ref("int_account_links") }}
        where account_id = $account_id
        union all
        select
            account_id, link_type, shared_key_count, rarity_bits, same_verified_org, first_linked_at
        from {{ ref("int_account_links") }}
        where linked_account_id = $account_id
    )

select
    linked_account_id, link_type, shared_key_count, rarity_bits, same_verified_org, first_linked_at
from links
where rarity_bits >= $minimum_bits
order by rarity_bits desc, linked_account_id, link_type
limit $limit
