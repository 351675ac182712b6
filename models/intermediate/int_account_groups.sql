with

    paired_accounts as (
        select account_id
        from {{ ref("int_account_pairs") }}
        union
        select linked_account_id
        from {{ ref("int_account_pairs") }}
    ),

    -- Who sits in several communities lives where most evidence holds it.
    homes as materialized(
        select account_id, community_id
        from {{ ref("int_account_communities") }}
        qualify
            row_number() over (partition by account_id order by community_bits desc, community_id)
            = 1
    ),

    loose_accounts as materialized(
        select account_id, row_number() over ()::uinteger as number
        from paired_accounts
        anti join homes using (account_id)
    ),

    loose_pairs as materialized(
        select left_accounts.number as a, right_accounts.number as b
        from {{ ref("int_account_pairs") }} as pairs
        inner join loose_accounts as left_accounts on pairs.account_id = left_accounts.account_id
        inner join
            loose_accounts as right_accounts on pairs.linked_account_id = right_accounts.account_id
    ),

    loose_components as ({{ components("loose_pairs") }})

select account_id, 'community:' || community_id as group_id, true as is_community
from homes
union all
select
    loose_accounts.account_id,
    'loose:' || min(loose_accounts.account_id) over (
        partition by coalesce(loose_components.component, loose_accounts.number)
    ) as group_id,
    false as is_community
from loose_accounts
left join loose_components on loose_accounts.number = loose_components.node
