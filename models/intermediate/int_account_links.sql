with

    -- Hubs are dropped before anything is paired: a key's pairs grow with the square of its
    -- holders.
    linking_keys as (
        select *
        from {{ ref("int_account_keys") }}
        where account_count > 1 and not is_hub and not is_allowlisted
    ),

    shared_keys as (
        select
            left_keys.account_id,
            right_keys.account_id as linked_account_id,
            left_keys.key_type as link_type,
            left_keys.link_group,
            left_keys.key_value,
            left_keys.account_count,
            left_keys.joins_alone,
            left_keys.alone_key_count,
            left_keys.can_carry,
            left_keys.rarity_bits,
            greatest(left_keys.first_seen_at, right_keys.first_seen_at) as linked_at
        from linking_keys as left_keys
        inner join
            linking_keys as right_keys
            on left_keys.key_type = right_keys.key_type
            and left_keys.key_value = right_keys.key_value
            and left_keys.account_id < right_keys.account_id
    ),

    links as (
        select
            account_id,
            linked_account_id,
            link_type,
            link_group,
            count(*) as shared_key_count,
            -- Several keys of one type tend to come together, so the rarest stands for all.
            max(rarity_bits)::double as rarity_bits,
            {{ first_by("key_value", ["account_count", "key_value"]) }} as rarest_key_value,
            min(account_count) as rarest_key_account_count,
            bool_or(joins_alone or alone_key_count is not null) as joins_alone,
            bool_or(can_carry) as can_carry,
            -- Kinds that join by their number are a link from the day on which it was reached.
            coalesce(
                {{
                    nth_smallest(
                        "linked_at", "any_value(alone_key_count)", "alone_key_count is not null"
                    )
                }},
                min(linked_at)
            ) as first_linked_at
        from shared_keys
        group by account_id, linked_account_id, link_type, link_group
        -- Kinds that join by their number say nothing below it: one picture in common is chance.
        having coalesce(count(*) >= any_value(alone_key_count), true)
    ),

    -- Asked of linked pairs only: the pairs within a large organisation are too many to list.
    -- `distinct`, for two accounts may have been in several organisations together.
    colleagues as (
        select distinct links.account_id, links.linked_account_id, true as are_colleagues
        from links
        inner join
            {{ ref("int_verified_memberships") }} as memberships
            on links.account_id = memberships.account_id
        inner join
            {{ ref("int_verified_memberships") }} as linked_memberships
            on links.linked_account_id = linked_memberships.account_id
            and memberships.org_id = linked_memberships.org_id
    )

select
    account_id,
    linked_account_id,
    links.link_type,
    links.link_group,
    links.shared_key_count,
    links.rarity_bits,
    links.rarest_key_value,
    links.rarest_key_account_count,
    links.joins_alone,
    links.can_carry,
    links.first_linked_at,
    coalesce(colleagues.are_colleagues, false) as same_verified_org
from links
left join colleagues using (account_id, linked_account_id)
