{# Two kinds of link together must tell at least this much: log2 of odds against chance. #}
{% set pair_bits = 10 %}

with recursive

    group_links as (
        select
            account_id,
            linked_account_id,
            link_group,
            max(rarity_bits)::decimal(9, 3) as link_bits,
            bool_or(joins_alone) as joins_alone,
            bool_or(can_carry) as can_carry
        from {{ ref("int_account_links") }}
        where not same_verified_org
        group by account_id, linked_account_id, link_group
    ),

    strong_pairs as (
        select account_id, linked_account_id
        from group_links
        group by account_id, linked_account_id
        having
            bool_or(joins_alone)
            or bool_or(can_carry)
            and count(*) filter (where link_bits > 0) >= 2
            and sum(link_bits) >= {{ pair_bits }}
    ),

    edges as (
        select account_id, linked_account_id
        from strong_pairs
        union all
        select linked_account_id, account_id
        from strong_pairs
    ),

    -- Each account takes the smallest name that reaches it. Rounds grow with a cluster's diameter.
    labels(account_id, cluster_id)
using
    key(account_id) as (
        select account_id, least(account_id, min(linked_account_id))
        from edges
        group by account_id
        union
        select edges.account_id, min(labels.cluster_id)
        from labels
        inner join edges on labels.account_id = edges.linked_account_id
        inner join recurring.labels as known on edges.account_id = known.account_id
        where labels.cluster_id < known.cluster_id
        group by edges.account_id
    )

select account_id, cluster_id, count(*) over (partition by cluster_id) as member_count
from labels
