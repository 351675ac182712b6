with

    -- Links of one group tend to come together, so the most telling one stands for its group.
    link_groups as (
        select
            account_id,
            linked_account_id,
            link_group,
            max(rarity_bits)::decimal(9, 3) as group_bits,
            list(distinct link_type) as link_types,
            bool_or(same_verified_org) as same_verified_org,
            min(first_linked_at) as first_linked_at
        from {{ ref("int_account_links") }}
        group by account_id, linked_account_id, link_group
    ),

    pairs as (
        select
            account_id,
            linked_account_id,
            list_sort(flatten(list(link_types))) as link_types,
            count(*) as link_group_count,
            sum(group_bits)::double as link_bits,
            bool_or(same_verified_org) as same_verified_org,
            min(first_linked_at) as first_linked_at
        from link_groups
        group by account_id, linked_account_id
    )

select
    account_id,
    linked_account_id,
    link_types,
    link_group_count,
    link_bits,
    same_verified_org,
    first_linked_at
from pairs
union all
select
    linked_account_id,
    account_id,
    link_types,
    link_group_count,
    link_bits,
    same_verified_org,
    first_linked_at
from pairs
-- Rows of one account lie together, so that a question about it reads little.
order by account_id, linked_account_id
