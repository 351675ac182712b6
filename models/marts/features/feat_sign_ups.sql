with

    -- The networks of an account's first day; later ones say nothing about its sign-up.
    early_prefixes as (
        select
            accounts.account_id,
            accounts.created_at,
            account_keys.key_value as ip_prefix_hmac,
            account_keys.account_count as prefix_account_count
        from {{ ref("stg_accounts") }} as accounts
        inner join
            {{ ref("int_account_keys") }} as account_keys
            on accounts.account_id = account_keys.account_id
            and account_keys.key_type = 'ip_prefix'
            and account_keys.first_seen_at < accounts.created_at + interval 1 day
        where not account_keys.is_allowlisted
    ),

    prefix_bans as (
        select
            account_keys.key_value as ip_prefix_hmac,
            bans.account_id as banned_account_id,
            bans.action_id,
            bans.banned_at
        from {{ ref("int_account_bans") }} as bans
        inner join
            {{ ref("int_account_keys") }} as account_keys
            on bans.account_id = account_keys.account_id
            and account_keys.key_type = 'ip_prefix'
            and account_keys.first_seen_at < bans.banned_at
        where bans.is_in_force
        -- Two bans of one moment on one prefix: either will do, but always the same.
        qualify
            row_number() over (
                partition by account_keys.key_value, bans.banned_at order by bans.action_id
            )
            = 1
    ),

    preceding_bans as (
        select
            early_prefixes.*,
            prefix_bans.banned_account_id,
            prefix_bans.action_id,
            prefix_bans.banned_at
        from early_prefixes
        asof inner join
            prefix_bans
            on early_prefixes.ip_prefix_hmac = prefix_bans.ip_prefix_hmac
            and early_prefixes.created_at >= prefix_bans.banned_at
    ),

    closest_bans as (
        select *
        from preceding_bans
        qualify
            row_number() over (
                partition by account_id order by banned_at desc, prefix_account_count, action_id
            )
            = 1
    ),

    verified_members as (
        select accounts.account_id
        from {{ ref("stg_accounts") }} as accounts
        inner join
            {{ ref("int_verified_memberships") }} as memberships
            on accounts.account_id = memberships.account_id
            and memberships.from_at < accounts.created_at + interval 7 days
        group by accounts.account_id
    )

select
    account_id,
    accounts.created_at as account_created_at,
    accounts.verification,
    closest_bans.ip_prefix_hmac,
    closest_bans.prefix_account_count,
    networks.ip_type,
    closest_bans.banned_account_id,
    closest_bans.action_id as ban_action_id,
    closest_bans.banned_at,
    date_diff('second', closest_bans.banned_at, accounts.created_at)
    / 3600 as hours_since_ban_on_prefix,
    verified_members.account_id is not null as is_verified_org_member
from {{ ref("stg_accounts") }} as accounts
left join closest_bans using (account_id)
left join {{ ref("int_networks") }} as networks using (ip_prefix_hmac)
left join verified_members using (account_id)
