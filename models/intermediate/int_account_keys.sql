with

    -- One pass over the requests for three kinds of key: an account has few combinations of them.
    request_combinations as (
        select
            account_id,
            device_id,
            ip_prefix_hmac,
            header_hash,
            min(occurred_at) as first_seen_at,
            max(occurred_at) as last_seen_at,
            count(*) as event_count
        from {{ ref("int_requests") }}
        where account_id is not null
        group by account_id, device_id, ip_prefix_hmac, header_hash
    ),

    sightings as (
        select
            account_id,
            'payment' as key_type,
            fingerprint_hmac as key_value,
            min(added_at) as first_seen_at,
            max(added_at) as last_seen_at,
            count(*) as event_count
        from {{ ref("stg_payment_instruments") }}
        where account_id is not null
        group by account_id, fingerprint_hmac
        union all
        -- Somebody else may try an account's password, so only what got in is the account's.
        select account_id, 'device', device_id, min(occurred_at), max(occurred_at), count(*)
        from {{ ref("stg_logins") }}
        where outcome = 'success'
        group by account_id, device_id
        union all
        select account_id, 'ip_prefix', ip_prefix_hmac, min(occurred_at), max(occurred_at), count(*)
        from {{ ref("stg_logins") }}
        where outcome = 'success'
        group by account_id, ip_prefix_hmac
        union all
        select
            account_id, 'device', device_id, min(first_seen_at), max(last_seen_at), sum(event_count)
        from request_combinations
        group by account_id, device_id
        union all
        select
            account_id,
            'ip_prefix',
            ip_prefix_hmac,
            min(first_seen_at),
            max(last_seen_at),
            sum(event_count)
        from request_combinations
        group by account_id, ip_prefix_hmac
        union all
        select
            account_id,
            'header',
            header_hash,
            min(first_seen_at),
            max(last_seen_at),
            sum(event_count)
        from request_combinations
        group by account_id, header_hash
        union all
        -- A prompt that was sent once may be anybody's example; a habit is used again.
        select account_id, 'template', template_hash, min(occurred_at), max(occurred_at), count(*)
        from {{ ref("int_requests") }}
        semi join {{ ref("int_templates") }} using (template_hash)
        where account_id is not null
        group by account_id, template_hash
        having count(*) > 1
        union all
        select account_id, 'email', email_hmac, created_at, created_at, 1
        from {{ ref("stg_accounts") }}
        union all
        select
            account_id,
            'email_pattern',
            email_pattern || '@' || email_domain,
            created_at,
            created_at,
            1
        from {{ ref("stg_accounts") }}
        union all
        select account_id, 'phone', phone_hmac, created_at, created_at, 1
        from {{ ref("stg_accounts") }}
        union all
        select account_id, 'referral', referral_account_id, created_at, created_at, 1
        from {{ ref("stg_accounts") }}
        union all
        -- Whoever invited belongs to those invited.
        select
            referral_account_id,
            'referral',
            referral_account_id,
            min(created_at),
            max(created_at),
            count(*)
        from {{ ref("stg_accounts") }}
        group by referral_account_id
        union all
        select account_id, 'upload', sha256, min(created_at), max(created_at), count(*)
        from {{ ref("int_uploads") }}
        where account_id is not null
        group by account_id, sha256
        union all
        select account_id, 'target_wave', wave_id, first_at, last_at, act_count
        from {{ ref("int_target_waves") }}
    ),

    account_keys as (
        select
            account_id,
            key_type,
            key_value,
            min(first_seen_at) as first_seen_at,
            max(last_seen_at) as last_seen_at,
            sum(event_count)::bigint as event_count
        from sightings
        where key_value is not null
        group by account_id, key_type, key_value
    ),

    key_degrees as (
        select key_type, key_value, count(*) as account_count
        from account_keys
        group by key_type, key_value
    ),

    key_types as (
        select key_type, count(distinct account_id) as account_count
        from account_keys
        group by key_type
    ),

    limits as (
        select
            link_types.key_type,
            link_types.link_group,
            link_types.degree_cap,
            link_types.alone_degree_cap,
            link_types.alone_key_count,
            link_types.can_carry,
            link_types.prior_bits
        from {{ ref("link_types") }} as link_types
        inner join
            {{ ref("int_snapshot_clock") }} as int_snapshot_clock
            on link_types.valid_from <= int_snapshot_clock.as_of
            and coalesce(link_types.valid_to > int_snapshot_clock.as_of, true)
    ),

    allowed_networks as (
        select network_allowlist.key_type, network_allowlist.key_value, network_allowlist.valid_from
        from {{ ref("network_allowlist") }} as network_allowlist
        inner join
            {{ ref("int_snapshot_clock") }} as int_snapshot_clock
            on network_allowlist.valid_from <= int_snapshot_clock.as_of
            and network_allowlist.valid_to > int_snapshot_clock.as_of
    ),

    -- A network is allowed with all its prefixes, any other key by itself.
    allowed_keys as (
        select key_type, key_value, {{ instant("min(valid_from)") }} as allowlisted_from
        from
            (
                select key_type, key_value, valid_from
                from allowed_networks
                union all
                select 'ip_prefix', int_networks.ip_prefix_hmac, allowed_networks.valid_from
                from {{ ref("int_networks") }} as int_networks
                inner join
                    allowed_networks
                    on allowed_networks.key_type = 'asn'
                    and allowed_networks.key_value = int_networks.asn::string
            ) as keys_of_allowed_networks
        group by key_type, key_value
    )

select
    account_keys.account_id,
    key_type,
    key_value,
    limits.link_group,
    account_keys.first_seen_at,
    account_keys.last_seen_at,
    account_keys.event_count,
    key_degrees.account_count,
    limits.degree_cap,
    key_degrees.account_count > limits.degree_cap as is_hub,
    allowed_keys.allowlisted_from is not null as is_allowlisted,
    allowed_keys.allowlisted_from,
    coalesce(key_degrees.account_count <= limits.alone_degree_cap, false) as joins_alone,
    limits.alone_key_count,
    limits.can_carry,
    -- Bits, rounded, so that sums over links do not depend on their order.
    {{
        rounded_decimal(
            "greatest(log2(key_types.account_count / key_degrees.account_count) + limits.prior_bits, 0)",
            9,
            3,
        )
    }}
    as rarity_bits
from account_keys
inner join key_degrees using (key_type, key_value)
inner join key_types using (key_type)
inner join limits using (key_type)
left join allowed_keys using (key_type, key_value)
-- Rows of one account lie together, so that a question about it reads little.
order by account_keys.account_id, key_type, key_value
