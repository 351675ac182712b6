with

    -- Strict: only keys that join alone, such as a card or a device.
    strict_links as (
        select account_id, linked_account_id
        from {{ ref("int_account_links") }}
        where joins_alone and not same_verified_org
    ),

    linked_accounts as (
        select account_id
        from strict_links
        union
        select linked_account_id
        from strict_links
    ),

    seats as materialized(
        select account_id, row_number() over ()::uinteger as number from linked_accounts
    ),

    strict_pairs as materialized(
        select seats.number as a, linked_seats.number as b
        from strict_links
        inner join seats on strict_links.account_id = seats.account_id
        inner join seats as linked_seats on strict_links.linked_account_id = linked_seats.account_id
    ),

    joined_seats as ({{ components("strict_pairs") }}),

    strict_entities as (
        select
            seats.account_id,
            min(seats.account_id) over (partition by joined_seats.component) as entity_id
        from seats
        inner join joined_seats on seats.number = joined_seats.node
    )

select accounts.account_id, 'account' as link_strength, accounts.account_id as entity_id
from {{ ref("stg_accounts") }} as accounts
union all
select accounts.account_id, 'strict', coalesce(strict_entities.entity_id, accounts.account_id)
from {{ ref("stg_accounts") }} as accounts
left join strict_entities using (account_id)
union all
select accounts.account_id, 'loose', coalesce(clusters.cluster_id, accounts.account_id)
from {{ ref("stg_accounts") }} as accounts
left join {{ ref("int_account_clusters") }} as clusters using (account_id)
