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

    -- Two bans of one moment on one prefix: either will do, but always the same.
    prefix_bans as (
        select
            account_keys.key_value as ip_prefix_hmac,
            bans.banned_at,
            {{ first_by("bans.account_id", ["bans.action_id"]) }} as banned_account_id,
            min(bans.action_id) as action_id
        from {{ ref("int_account_bans") }} as bans
        inner join
            {{ ref("int_account_keys") }} as account_keys
            on bans.account_id = account_keys.account_id
            and account_keys.key_type = 'ip_prefix'
            and account_keys.first_seen_at < bans.banned_at
        where bans.is_in_force
        group by account_keys.key_value, bans.banned_at
    ),

    preceding_bans as (
        select
            early_prefixes.*,
            prefix_bans.banned_account_id,
            prefix_bans.action_id,
            prefix_bans.banned_at
        from
            early_prefixes
            {{ join_latest_before() }}
            prefix_bans
            on early_prefixes.ip_prefix_hmac = prefix_bans.ip_prefix_hmac
            and early_prefixes.created_at >= prefix_bans.banned_at
    ),

    ranked_bans as (
        select
            *,
            row_number() over (
                partition by account_id order by banned_at desc, prefix_account_count, action_id
            ) as place
        from preceding_bans
    ),

    closest_bans as (select * from ranked_bans where place = 1),

    verified_members as (
        select accounts.account_id, true as is_verified
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
    ip_prefix_hmac,
    closest_bans.prefix_account_count,
    networks.ip_type,
    closest_bans.banned_account_id,
    closest_bans.action_id as ban_action_id,
    closest_bans.banned_at,
    {{ clock_seconds_between("closest_bans.banned_at", "accounts.created_at") }}
    / 3600 as hours_since_ban_on_prefix,
    coalesce(verified_members.is_verified, false) as is_verified_org_member
from {{ ref("stg_accounts") }} as accounts
left join closest_bans using (account_id)
left join {{ ref("int_networks") }} as networks using (ip_prefix_hmac)
left join verified_members using (account_id)
