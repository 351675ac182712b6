with

    seeds as (select distinct unnest($account_ids) as account_id),

    first_hop as (
        select
            links.linked_account_id as account_id,
            1 as hop_count,
            links.link_bits as path_bits,
            [seeds.account_id, links.linked_account_id] as path,
            links.link_types,
            links.link_bits,
            links.same_verified_org
        from {{ ref("int_account_neighbours") }} as links
        inner join seeds using (account_id)
        anti join seeds as known on links.linked_account_id = known.account_id
        where links.link_bits >= $minimum_bits
        qualify
            row_number() over (
                partition by links.linked_account_id order by links.link_bits desc, seeds.account_id
            )
            = 1
    ),

    first_kept as (
        select *, row_number() over (order by path_bits desc, account_id) as place
        from first_hop
        qualify place <= $maximum_accounts
    ),

    second_hop as (
        select
            links.linked_account_id as account_id,
            2 as hop_count,
            least(first_kept.path_bits, links.link_bits) as path_bits,
            list_append(first_kept.path, links.linked_account_id) as path,
            links.link_types,
            links.link_bits,
            first_kept.same_verified_org or links.same_verified_org as same_verified_org
        from {{ ref("int_account_neighbours") }} as links
        inner join first_kept using (account_id)
        anti join seeds on links.linked_account_id = seeds.account_id
        anti join first_hop on links.linked_account_id = first_hop.account_id
        where $hops >= 2 and links.link_bits >= $minimum_bits
        qualify
            row_number() over (
                partition by links.linked_account_id
                order by least(first_kept.path_bits, links.link_bits) desc, first_kept.path
            )
            = 1
    ),

    second_kept as (
        select *, row_number() over (order by path_bits desc, account_id) as place
        from second_hop
        qualify place <= $maximum_accounts
    ),

    third_hop as (
        select
            links.linked_account_id as account_id,
            3 as hop_count,
            least(second_kept.path_bits, links.link_bits) as path_bits,
            list_append(second_kept.path, links.linked_account_id) as path,
            links.link_types,
            links.link_bits,
            second_kept.same_verified_org or links.same_verified_org as same_verified_org
        from {{ ref("int_account_neighbours") }} as links
        inner join second_kept using (account_id)
        anti join seeds on links.linked_account_id = seeds.account_id
        anti join first_hop on links.linked_account_id = first_hop.account_id
        anti join second_hop on links.linked_account_id = second_hop.account_id
        where $hops >= 3 and links.link_bits >= $minimum_bits
        qualify
            row_number() over (
                partition by links.linked_account_id
                order by least(second_kept.path_bits, links.link_bits) desc, second_kept.path
            )
            = 1
    ),

    reached as (
        select *
        from first_hop
        union all
        select *
        from second_hop
        union all
        select *
        from third_hop
    )

select
    account_id as linked_account_id,
    reached.hop_count,
    reached.path_bits,
    reached.path,
    reached.link_types as last_link_types,
    reached.link_bits as last_link_bits,
    reached.same_verified_org as is_same_verified_org,
    networks.linked_account_count,
    networks.cluster_id,
    bans.banned_at,
    bans.reversed_at as ban_reversed_at,
    count(*) over (partition by reached.hop_count) > $maximum_accounts as is_capped
from reached
left join {{ ref("feat_account_networks") }} as networks using (account_id)
left join {{ ref("int_account_bans") }} as bans using (account_id)
order by reached.hop_count, reached.path_bits desc, linked_account_id
limit $limit
