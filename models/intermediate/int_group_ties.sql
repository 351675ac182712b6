{# Two groups are one when at least this many accounts of each, and keys, tie them to the other. #}
{% set tying_accounts = 2 %}
{% set tying_keys = 2 %}

with

    -- Ties need evidence that would join two accounts; whatever else could carry it backs it.
    strong_ties as (
        select
            least(left_groups.group_id, right_groups.group_id) as group_id,
            greatest(left_groups.group_id, right_groups.group_id) as linked_group_id,
            sum(pairs.pair_bits) as tie_bits
        from {{ ref("int_account_pairs") }} as pairs
        inner join
            {{ ref("int_account_groups") }} as left_groups
            on pairs.account_id = left_groups.account_id
        inner join
            {{ ref("int_account_groups") }} as right_groups
            on pairs.linked_account_id = right_groups.account_id
        where left_groups.group_id <> right_groups.group_id
        group by 1, 2
    ),

    crossings as (
        select
            left_groups.group_id,
            right_groups.group_id as linked_group_id,
            links.account_id,
            links.linked_account_id,
            links.link_type || ':' || links.rarest_key_value as link_key
        from {{ ref("int_account_links") }} as links
        inner join
            {{ ref("int_account_groups") }} as left_groups
            on links.account_id = left_groups.account_id
        inner join
            {{ ref("int_account_groups") }} as right_groups
            on links.linked_account_id = right_groups.account_id
        where
            left_groups.group_id <> right_groups.group_id
            and links.can_carry
            and not links.same_verified_org
    ),

    ordered_crossings as (
        select group_id, linked_group_id, account_id, linked_account_id, link_key
        from crossings
        where group_id < linked_group_id
        union all
        select linked_group_id, group_id, linked_account_id, account_id, link_key
        from crossings
        where group_id > linked_group_id
    )

select
    group_id,
    linked_group_id,
    strong_ties.tie_bits::decimal(18, 3) as tie_bits,
    count(distinct ordered_crossings.account_id) as account_count,
    count(distinct ordered_crossings.linked_account_id) as linked_account_count,
    count(distinct ordered_crossings.link_key) as key_count,
    count(distinct ordered_crossings.account_id) < {{ tying_accounts }}
    or count(distinct ordered_crossings.linked_account_id) < {{ tying_accounts }}
    or count(distinct ordered_crossings.link_key) < {{ tying_keys }} as is_bridge
from strong_ties
left join ordered_crossings using (group_id, linked_group_id)
group by group_id, linked_group_id, strong_ties.tie_bits
