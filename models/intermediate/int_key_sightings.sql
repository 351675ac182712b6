with

    -- Hubs link nobody, and what one account alone holds links nobody either.
    linking_keys as (
        select account_id, key_type, key_value
        from {{ ref("int_account_keys") }}
        where account_count > 1 and not is_hub and not is_allowlisted
    ),

    sightings as (
        select
            account_id,
            'payment' as key_type,
            fingerprint_hmac as key_value,
            'payment_instruments' as source_table,
            instrument_id as source_id,
            added_at as seen_at
        from {{ ref("stg_payment_instruments") }}
        union all
        select account_id, 'device', device_id, 'logins', login_id, occurred_at
        from {{ ref("stg_logins") }}
        where outcome = 'success'
        union all
        select account_id, 'ip_prefix', ip_prefix_hmac, 'logins', login_id, occurred_at
        from {{ ref("stg_logins") }}
        where outcome = 'success'
        union all
        select account_id, 'email', email_hmac, 'accounts', account_id, created_at
        from {{ ref("stg_accounts") }}
        union all
        select account_id, 'phone', phone_hmac, 'accounts', account_id, created_at
        from {{ ref("stg_accounts") }}
        union all
        select
            account_id,
            'email_pattern',
            email_pattern || '@' || email_domain,
            'accounts',
            account_id,
            created_at
        from {{ ref("stg_accounts") }}
        union all
        select account_id, 'referral', referral_account_id, 'accounts', account_id, created_at
        from {{ ref("stg_accounts") }}
        union all
        select
            referral_account_id, 'referral', referral_account_id, 'accounts', account_id, created_at
        from {{ ref("stg_accounts") }}
        union all
        select account_id, 'upload', sha256, 'content_objects', content_id, created_at
        from {{ ref("int_uploads") }}
    )

select account_id, key_type, key_value, source_table, source_id, seen_at
from sightings
semi join linking_keys using (account_id, key_type, key_value)
order by account_id, key_type, key_value, seen_at, source_id
