with recursive

    -- Strict: only keys that join alone, such as a card or a device.
    strict_pairs as (
        select distinct account_id, linked_account_id
        from {{ ref("int_account_links") }}
        where joins_alone and not same_verified_org
    ),

    edges as (
        select account_id, linked_account_id
        from strict_pairs
        union all
        select linked_account_id, account_id
        from strict_pairs
    ),

    labels(account_id, entity_id)
using
    key(account_id) as (
        select account_id, least(account_id, min(linked_account_id))
        from edges
        group by account_id
        union
        select edges.account_id, min(labels.entity_id)
        from labels
        inner join edges on labels.account_id = edges.linked_account_id
        inner join recurring.labels as known on edges.account_id = known.account_id
        where labels.entity_id < known.entity_id
        group by edges.account_id
    )

select accounts.account_id, 'account' as link_strength, accounts.account_id as entity_id
from {{ ref("stg_accounts") }} as accounts
union all
select accounts.account_id, 'strict', coalesce(labels.entity_id, accounts.account_id)
from {{ ref("stg_accounts") }} as accounts
left join labels using (account_id)
union all
select accounts.account_id, 'loose', coalesce(clusters.cluster_id, accounts.account_id)
from {{ ref("stg_accounts") }} as accounts
left join {{ ref("int_account_clusters") }} as clusters using (account_id)
