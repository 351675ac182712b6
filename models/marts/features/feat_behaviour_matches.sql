with

    pairs as (
        select
            account_id,
            linked_account_id,
            shared_key_count as shared_template_count,
            rarity_bits as template_bits
        from {{ ref("int_account_links") }}
        where link_type = 'template' and not same_verified_org
        union all
        select linked_account_id, account_id, shared_key_count, rarity_bits
        from {{ ref("int_account_links") }}
        where link_type = 'template' and not same_verified_org
    ),

    banned_pairs as (
        select
            pairs.account_id,
            accounts.created_at as account_created_at,
            bans.account_id as banned_account_id,
            bans.action_id as ban_action_id,
            bans.banned_at,
            pairs.shared_template_count,
            pairs.template_bits
        from pairs
        inner join {{ ref("stg_accounts") }} as accounts on pairs.account_id = accounts.account_id
        inner join
            {{ ref("int_account_bans") }} as bans
            on pairs.linked_account_id = bans.account_id
            and bans.is_in_force
        -- Who was there before the ban did not come back after it.
        where accounts.created_at >= bans.banned_at
    ),

    header_pairs as (
        select account_id, linked_account_id
        from {{ ref("int_account_links") }}
        where link_type = 'header'
        union all
        select linked_account_id, account_id
        from {{ ref("int_account_links") }}
        where link_type = 'header'
    ),

    hour_profiles as (
        select
            account_id, hour(activity_hour) as hour_of_day, sum(request_count)::bigint as requests
        from {{ ref("feat_account_hours") }}
        semi join
            (
                select account_id
                from banned_pairs
                union
                select banned_account_id
                from banned_pairs
            ) as concerned using (account_id)
        group by account_id, hour(activity_hour)
    ),

    hour_norms as (
        select account_id, sum(requests * requests)::double as square_sum, sum(requests) as requests
        from hour_profiles
        group by account_id
    ),

    hour_products as (
        select
            banned_pairs.account_id,
            banned_pairs.banned_account_id,
            sum(own_hours.requests * banned_hours.requests)::double as product_sum
        from banned_pairs
        inner join hour_profiles as own_hours on banned_pairs.account_id = own_hours.account_id
        inner join
            hour_profiles as banned_hours
            on banned_pairs.banned_account_id = banned_hours.account_id
            and own_hours.hour_of_day = banned_hours.hour_of_day
        group by banned_pairs.account_id, banned_pairs.banned_account_id
    )

select
    banned_pairs.account_id,
    banned_pairs.banned_account_id,
    banned_pairs.account_created_at,
    banned_pairs.ban_action_id,
    banned_pairs.banned_at,
    {{ midnights_between("banned_pairs.banned_at", "banned_pairs.account_created_at") }}
    as days_since_ban,
    banned_pairs.shared_template_count,
    banned_pairs.template_bits,
    header_pairs.account_id is not null as shares_header,
    least(own_norms.requests, banned_norms.requests)::bigint as fewer_request_count,
    coalesce(
        round(hour_products.product_sum / sqrt(own_norms.square_sum * banned_norms.square_sum), 9),
        0
    ) as hour_cosine
from banned_pairs
left join
    header_pairs
    on banned_pairs.account_id = header_pairs.account_id
    and banned_pairs.banned_account_id = header_pairs.linked_account_id
left join
    hour_products
    on banned_pairs.account_id = hour_products.account_id
    and banned_pairs.banned_account_id = hour_products.banned_account_id
left join hour_norms as own_norms on banned_pairs.account_id = own_norms.account_id
left join hour_norms as banned_norms on banned_pairs.banned_account_id = banned_norms.account_id
