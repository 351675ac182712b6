with

    subject_accounts as (
        select
            'cluster' as subject_type,
            cluster_id as subject_id,
            null::timestamptz as window_starts_at,
            account_id
        from {{ ref("feat_account_networks") }}
        where cluster_id is not null
        union all
        select 'conversation', conversation_id, null, account_id
        from {{ ref("feat_conversations") }}
        union all
        -- One object may match several entries; its account is the same.
        select distinct 'content', content_id, null, account_id
        from {{ ref("feat_hash_matches") }}
        where account_id is not null
        union all
        select 'upload', sha256, week_starts_on::timestamptz, unnest(accounts)
        from {{ ref("feat_upload_weeks") }}
        union all
        select 'contact', contact_hmac, week_starts_on::timestamptz, unnest(accounts)
        from {{ ref("feat_contact_weeks") }}
        union all
        select 'target', target_hmac, activity_date::timestamptz, unnest(harassing_accounts)
        from {{ ref("feat_target_days") }}
    )

select
    signal_id,
    subject_type,
    subject_id,
    window_starts_at,
    window_ends_at,
    detected_at,
    strength,
    subject_id as account_id
from {{ ref("signals") }}
where subject_type = 'account'
union all
select
    signals.signal_id,
    signals.subject_type,
    signals.subject_id,
    signals.window_starts_at,
    signals.window_ends_at,
    signals.detected_at,
    signals.strength,
    subject_accounts.account_id
from {{ ref("signals") }} as signals
inner join
    subject_accounts
    on signals.subject_type = subject_accounts.subject_type
    and signals.subject_id = subject_accounts.subject_id
    -- Some subjects have other accounts each week or day; the others name them once for all.
    and signals.window_starts_at
    = coalesce(subject_accounts.window_starts_at, signals.window_starts_at)
-- Rows of one account lie together, so that a question about it reads little.
order by account_id, detected_at, signal_id, subject_type, subject_id
