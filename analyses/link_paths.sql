with

    seeds as (select distinct unnest($account_ids) as account_id),  -- asked for twice is asked for once

    neighbours as (
        select links.linked_account_id as account_id, max(links.link_bits) as link_bits
        from {{ ref("int_account_neighbours") }} as links
        inner join seeds using (account_id)
        where links.link_bits >= $minimum_bits
        group by links.linked_account_id
    ),

    kept_neighbours as (
        select account_id
        from neighbours
        qualify row_number() over (order by link_bits desc, account_id) <= $maximum_neighbours
    ),

    circle as (
        select account_id, true as is_seed
        from seeds
        union all
        select account_id, false
        from kept_neighbours
        anti join seeds using (account_id)
    )

select
    links.account_id as near_account_id,
    links.linked_account_id,
    array_to_string(links.link_types, ', ') as link_type,
    links.link_bits,
    links.same_verified_org,
    links.first_linked_at,
    near.is_seed or far.is_seed as is_direct
from {{ ref("int_account_neighbours") }} as links
inner join circle as near using (account_id)
inner join circle as far on links.linked_account_id = far.account_id
where links.account_id < links.linked_account_id and links.link_bits >= $minimum_bits
order by links.link_bits desc, links.account_id, links.linked_account_id
limit $limit
