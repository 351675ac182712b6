with recursive

    strong_pairs as (
        select account_id, linked_account_id
        from {{ ref("int_account_links") }}
        where not same_verified_org
        group by account_id, linked_account_id
        having count(distinct link_group) >= 2 or bool_or(joins_alone)
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
