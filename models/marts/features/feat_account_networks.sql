with

    links as (
        select account_id, linked_account_id, link_group, rarity_bits, first_linked_at
        from {{ ref("int_account_links") }}
        where not same_verified_org
        union all
        select linked_account_id, account_id, link_group, rarity_bits, first_linked_at
        from {{ ref("int_account_links") }}
        where not same_verified_org
    ),

    -- Kinds of one group are not independent: the rarest of them stands for the group.
    group_links as (
        select
            account_id, linked_account_id, link_group, max(rarity_bits)::decimal(9, 3) as link_bits
        from links
        group by account_id, linked_account_id, link_group
    ),

    pairs as (
        select
            account_id,
            linked_account_id,
            count(*) as link_type_count,
            sum(link_bits)::double as link_bits
        from group_links
        group by account_id, linked_account_id
    ),

    neighbourhoods as (
        select account_id, count(*) as linked_account_count, max(link_type_count) as link_type_count
        from pairs
        group by account_id
    ),

    banned_neighbourhoods as (
        select
            pairs.account_id,
            count(*) as linked_banned_accounts,
            max(pairs.link_type_count) as banned_link_type_count,
            max(pairs.link_bits) as banned_link_bits,
            {{ values_by_rank("pairs.linked_account_id", "pairs.link_bits") }}
            as banned_account_ids,
            count(*) filter (
                where bans.banned_at <= accounts.created_at
            ) as linked_accounts_banned_before_sign_up,
            max(pairs.link_type_count) filter (
                where bans.banned_at <= accounts.created_at
            ) as prior_banned_link_type_count,
            max(pairs.link_bits) filter (
                where bans.banned_at <= accounts.created_at
            ) as prior_banned_link_bits,
            {{
                whole_days_between(
                    "max(bans.banned_at) filter (where bans.banned_at <= accounts.created_at)",
                    "any_value(accounts.created_at)",
                )
            }} as days_since_linked_ban
        from pairs
        inner join
            {{ ref("int_account_bans") }} as bans
            on pairs.linked_account_id = bans.account_id
            and bans.is_in_force
        inner join {{ ref("stg_accounts") }} as accounts on pairs.account_id = accounts.account_id
        group by pairs.account_id
    ),

    shared_keys as (
        select account_id, bool_and(is_hub or is_allowlisted) as shares_only_hub_keys
        from {{ ref("int_account_keys") }}
        where account_count > 1
        group by account_id
    ),

    verified_members as (
        select memberships.account_id, true as is_verified
        from {{ ref("int_verified_memberships") }} as memberships
        cross join {{ ref("int_snapshot_clock") }} as int_snapshot_clock
        where
            memberships.from_at <= int_snapshot_clock.as_of
            and coalesce(memberships.to_at > int_snapshot_clock.as_of, true)
        group by memberships.account_id
    )

select
    account_id,
    accounts.created_at as account_created_at,
    coalesce(neighbourhoods.linked_account_count, 0) as linked_account_count,
    coalesce(neighbourhoods.link_type_count, 0) as link_type_count,
    coalesce(banned_neighbourhoods.linked_banned_accounts, 0) as linked_banned_accounts,
    coalesce(banned_neighbourhoods.banned_link_type_count, 0) as banned_link_type_count,
    coalesce(banned_neighbourhoods.banned_link_bits, 0) as banned_link_bits,
    banned_neighbourhoods.banned_account_ids,
    coalesce(
        banned_neighbourhoods.linked_accounts_banned_before_sign_up, 0
    ) as linked_accounts_banned_before_sign_up,
    coalesce(banned_neighbourhoods.prior_banned_link_type_count, 0) as prior_banned_link_type_count,
    coalesce(banned_neighbourhoods.prior_banned_link_bits, 0) as prior_banned_link_bits,
    banned_neighbourhoods.days_since_linked_ban,
    clusters.cluster_id,
    clusters.member_count as cluster_member_count,
    coalesce(verified_members.is_verified, false) as is_verified_org_member,
    coalesce(shared_keys.shares_only_hub_keys, false) as shares_only_hub_keys
from {{ ref("stg_accounts") }} as accounts
left join neighbourhoods using (account_id)
left join banned_neighbourhoods using (account_id)
left join {{ ref("int_account_clusters") }} as clusters using (account_id)
left join verified_members using (account_id)
left join shared_keys using (account_id)
-- Rows of one account lie together, so that a question about it reads little.
order by account_id
