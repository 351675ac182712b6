with

    groups as materialized(
        select group_id, is_community, row_number() over ()::uinteger as number
        from {{ ref("int_account_groups") }}
        group by group_id, is_community
    ),

    ties as materialized(
        select
            left_groups.number as a,
            right_groups.number as b,
            left_groups.is_community as a_is_community,
            right_groups.is_community as b_is_community,
            ties.group_id,
            ties.linked_group_id,
            ties.tie_bits,
            ties.is_bridge
        from {{ ref("int_group_ties") }} as ties
        inner join groups as left_groups on ties.group_id = left_groups.group_id
        inner join groups as right_groups on ties.linked_group_id = right_groups.group_id
    ),

    -- A group outside all communities, if nothing more joins it, hangs on one by a bridge. What
    -- more than a bridge ties is left out below.
    hanging_ties as (
        select a, b, a as loose_number, linked_group_id as community_group_id, tie_bits
        from ties
        where not a_is_community and b_is_community
        union all
        select a, b, b, group_id, tie_bits
        from ties
        where a_is_community and not b_is_community
    ),

    joined_numbers as (
        select a as loose_number
        from ties
        where not is_bridge
        union
        select b
        from ties
        where not is_bridge
    ),

    -- Never on two: that would make one of them.
    chosen_ties as (
        select a, b
        from hanging_ties
        anti join joined_numbers using (loose_number)
        qualify
            row_number() over (partition by loose_number order by tie_bits desc, community_group_id)
            = 1
    ),

    joining_ties as materialized(
        select a, b
        from ties
        where not is_bridge
        union all
        select a, b
        from chosen_ties
    ),

    joined_groups as ({{ components("joining_ties") }}),

    clustered_accounts as materialized(
        select
            account_groups.account_id,
            coalesce(joined_groups.component, groups.number) as cluster_number
        from {{ ref("int_account_groups") }} as account_groups
        inner join groups using (group_id)
        left join joined_groups on groups.number = joined_groups.node
    ),

    -- Named for its first pair, so that who joins later does not change the name.
    names as (
        select
            left_accounts.cluster_number,
            arg_min(pairs.account_id, (pairs.joined_at, pairs.account_id)) as cluster_id
        from {{ ref("int_account_pairs") }} as pairs
        inner join
            clustered_accounts as left_accounts on pairs.account_id = left_accounts.account_id
        inner join
            clustered_accounts as right_accounts
            on pairs.linked_account_id = right_accounts.account_id
            and left_accounts.cluster_number = right_accounts.cluster_number
        group by left_accounts.cluster_number
    )

select
    clustered_accounts.account_id,
    names.cluster_id,
    count(*) over (partition by names.cluster_id) as member_count
from clustered_accounts
inner join names using (cluster_number)
